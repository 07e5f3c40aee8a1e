using System.Text.Json;

namespace ModelApi.Fuzz.Generation;

/// <summary>Values of every form as JSON text, valid and not.</summary>
internal static class JsonValues
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "1.5", "-1.5", "1e3", "1E+3", "1e-3", "0.0", "1e308", "1e309", "-1e400", "1e999999999", "1e-999999999",
        "4.9e-324", "3.4028235e38", "3.5e38", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999999999999999999",
        "0.1000000000000000055511151231257827021181583404541015625", "1.0", "1e0", "100e-2", "16777217", "1.0000000000000000001",
    ];

    private static readonly string[] BrokenNumbers =
    [
        "01", "+1", ".5", "1.", "1e", "1e+", "--1", "0x10", "1_000", "1,5", "NaN", "Infinity", "-Infinity", "-", "1.2.3", "1e1e1", "٣",
        "1f",
    ];

    private static readonly string[] Literals =
        ["null", "true", "false", "True", "nul", "none", "undefined", "nulll", "tru\\u0065"];

    private static readonly string[] Texts =
    [
        "", " ", "NaN", "null", "true", "0", "41", "yes ", " yes", "YES", "\\u0000", "\\ud800", "\\udc00", "\\ud800\\ud800",
        "\\udc00\\ud800",
        "\\ud83d\\ude00", "\\u202e\\u2028", "\\u001b[2J", "a\\nb", "\\\"", "\\\\", "\\/", "\\x41", "\\u12", "\\uZZZZ", "\\", "\t", "\n",
        "\u0000",
        "é", "e\u0301", "ﬁ", "ı", "ß", "\ud83d\ude00", "'", "'; --", "{{7*7}}", "${jndi:ldap://a/b}", "../../etc/passwd", "<script>",
    ];

    public static string Number(Random random)
    {
        if (random.Chance(0.6))
        {
            return random.Pick(Numbers);
        }

        var digits = string.Concat(Enumerable.Range(0, random.Length(400)).Select(_ => (char)('0' + random.Next(10))));
        return random.Next(4) switch
        {
            0 => $"1{digits}",
            1 => $"0.{digits}",
            2 => $"-1{digits}.{digits}",
            _ => $"1.{digits}e{random.Next(-400, 400)}",
        };
    }

    public static string BrokenNumber(Random random) => random.Pick(BrokenNumbers);

    public static string Literal(Random random) => random.Pick(Literals);

    /// <summary>A string with its quotes; its escapes may be broken.</summary>
    public static string Text(Random random) => random.Next(5) switch
    {
        0 => $"\"{new string('x', random.Length(20_000))}\"",
        1 => $"\"{string.Concat(Enumerable.Repeat(random.Pick(Texts), random.Length(200)))}\"",
        2 => $"\"{random.Pick(Texts)}{random.Pick(Texts)}\"",
        3 => $"\"{Escape(random.Pick(Texts).Replace("\\", "", StringComparison.Ordinal))}\"",
        _ => $"\"{random.Pick(Texts)}\"",
    };

    /// <summary>Arrays and objects, some of them deeper than a reader should go, and some that never end.</summary>
    public static string Nested(Random random)
    {
        var depth = random.Length(200);
        return random.Next(5) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
            2 => new string('[', depth),
            3 => random.Pick(["[]", "{}", "[1]", "{\"a\":1}", "[null]", "[\"yes\"]", "[[]]", "[1,]", "{,}", "{\"a\"}", "{1:2}", "[}"]),
            _ => $"[{string.Join(',', Enumerable.Repeat("1", random.Length(500)))}]",
        };
    }

    public static string Any(Random random) => random.Next(6) switch
    {
        0 or 1 => Number(random),
        2 => random.Chance(0.3) ? BrokenNumber(random) : Literal(random),
        3 or 4 => Text(random),
        _ => Nested(random),
    };

    /// <summary>The same text with each UTF-16 code unit as an escape.</summary>
    public static string Escape(string text) => string.Concat(text.Select(unit => $"\\u{(int)unit:x4}"));

    public static string Quote(string text) => JsonSerializer.Serialize(text);
}
