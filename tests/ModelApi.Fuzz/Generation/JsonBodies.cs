using System.Text;
using System.Text.Json;

namespace ModelApi.Fuzz.Generation;

/// <summary>Bodies of predictions: golden rows of a model, changed by what its schema makes likely to matter.</summary>
internal sealed class JsonBodies(ModelSchema model)
{
    private static readonly string[] Foreign =
    [
        """{"inputs":[{"name":"age","shape":[1,1],"datatype":"FP32","data":[41]}]}""",
        """{"dataframe_split":{"columns":["age"],"data":[[41]]}}""",
        """{"dataframe_records":[{"age":41}]}""",
        """{"instances":[[41,1,2]]}""",
        """{"Inputs":{"data":[{"age":41}]}}""",
        """{"data":{"ndarray":[[1,2,3]]}}""",
        """{"columns":["age","job"],"data":[[41,"admin."]]}""",
        """{"inputs":"text","parameters":{}}""",
        """{"signature_name":"serving_default","inputs":[1]}""",
    ];

    private static readonly byte[][] BadUtf8 =
        [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x28, 0xA1], [0x80], [0xF0, 0x9F, 0x98], [0xFE, 0xFF]];

    /// <summary>A body; about a third of them are changed in no way, or in one that still leaves valid JSON.</summary>
    public Sample Next(Random random)
    {
        var (kind, rows) = Rows(random);
        var text = Document(random, rows, ref kind);
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Chance(0.3) ? Damage(random, kind, bytes) : new Sample(kind, bytes);
    }

    private (string Kind, List<string> Rows) Rows(Random random)
    {
        var count = random.Chance(0.7) ? 1 : random.Length(random.Chance(0.02) ? 2000 : 40);
        var kind = "valid rows";
        var rows = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var members = Members(random.Pick(model.Golden));
            if (random.Chance(0.6))
            {
                kind = Change(random, members);
            }

            rows.Add(Join(random, members));
        }

        return (kind, rows);
    }

    private string Change(Random random, List<(string Name, string Value)> members)
    {
        var at = random.Next(members.Count);
        var (name, value) = members[at];
        switch (random.Next(14))
        {
            case 0:
                members[at] = (name, JsonValues.Any(random));
                return "any value";
            case 1:
                members[at] = (name, JsonValues.Number(random));
                return "number form";
            case 2:
                members[at] = (name, JsonValues.BrokenNumber(random));
                return "broken number";
            case 3:
                members[at] = (name, JsonValues.Text(random));
                return "text form";
            case 4:
                members[at] = (name, JsonValues.Nested(random));
                return "nested value";
            case 5:
                members.RemoveAt(at);
                return "missing name";
            case 6:
                members.Insert(random.Next(members.Count + 1), (name, random.Chance(0.5) ? value : JsonValues.Any(random)));
                return "duplicate name";
            case 7:
                members[at] = ($"\"{JsonValues.Escape(name.Trim('"'))}\"", value);
                return "escaped name";
            case 8:
                members.Insert(at, (random.Pick(["\"\\ud800\"", "\"\\udc00x\"", "\"a\\ud800b\"", "\"\\ud800\\u0041\""]), value));
                return "half surrogate in a name";
            case 9:
                members[at] = ($"\"{Misspell(random, name.Trim('"'))}\"", value);
                return "misspelt name";
            case 10:
                var length = random.Length(3000);
                members.AddRange(Enumerable.Range(0, length).Select(i => ($"\"{(char)('a' + (i % 26))}{i}\"", "1")));
                return "many unknown names";
            case 11:
                members.Insert(at, (JsonValues.Text(random), value));
                return "name form";
            case 12:
                members[at] = (name, JsonValues.Quote(Category(random)));
                return "category";
            default:
                var shuffled = members.ToArray();
                random.Shuffle(shuffled);
                members.Clear();
                members.AddRange(shuffled);
                return "order of names";
        }
    }

    // A category of another feature, a misspelt one, or one with what a careless reader would trim.
    private string Category(Random random)
    {
        var categories = model.Features.SelectMany(feature => feature.Categories).DefaultIfEmpty("none").ToList();
        var category = random.Pick(categories);
        return random.Next(4) switch
        {
            0 => category,
            1 => Misspell(random, category),
            2 => category.ToUpperInvariant(),
            _ => $" {category}\0",
        };
    }

    private string Document(Random random, List<string> rows, ref string kind)
    {
        var array = $"[{string.Join(Blank(random), rows.SelectMany((row, i) => i == 0 ? [row] : new[] { ",", row }))}]";
        var key = JsonValues.Quote(model.InstancesKey);
        switch (random.Next(20))
        {
            case 0:
                kind = "foreign form";
                return random.Pick(Foreign);
            case 1:
                kind = "wrapped form";
                return $"{{{key}:{random.Pick([rows[0], "1", "null", "\"x\"", "[]", "{}"])}}}";
            case 2:
                kind = "keys beside the rows";
                return $"{{{key}:{array},\"a\":{JsonValues.Any(random)}}}";
            case 3:
                kind = "rows among other items";
                return $"[{rows[0]},{JsonValues.Any(random)}]";
            case 4:
                kind = "any document";
                return JsonValues.Any(random);
            case 5:
                return $"{{\"{JsonValues.Escape(model.InstancesKey)}\":{array}}}";
            case 6 or 7:
                return $"{{{key}:{array}}}";
            case 8 or 9:
                return array;
            default:
                return rows.Count == 1 ? rows[0] : array;
        }
    }

    private static Sample Damage(Random random, string kind, byte[] body)
    {
        var at = random.Next(body.Length + 1);
        switch (random.Next(10))
        {
            case 0:
                return new Sample("truncated", body[..at]);
            case 1:
                return new Sample("invalid UTF-8", [.. body[..at], .. random.Pick(BadUtf8), .. body[at..]]);
            case 2:
                return new Sample("byte order mark", [.. "\uFEFF"u8, .. body]);
            case 3:
                return new Sample("UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body))]);
            case 4:
                return new Sample("more after the document", [.. body, .. Encoding.UTF8.GetBytes(random.Pick(["{}", "x", "\0", "]"]))]);
            case 5:
                return new Sample("blanks", [.. Enumerable.Repeat((byte)' ', random.Length(50_000)), .. body]);
            case 6:
                return new Sample("comments", [.. "/* a */"u8, .. body, .. "// b"u8]);
            case 7 when body.Length > 0:
                var flipped = (byte[])body.Clone();
                flipped[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return new Sample("flipped bit", flipped);
            case 8:
                return new Sample("inserted bytes", [.. body[..at], .. random.Bytes(random.Length(40)), .. body[at..]]);
            default:
                return new Sample(kind, body);
        }
    }

    private static List<(string Name, string Value)> Members(Golden golden)
    {
        using var row = JsonDocument.Parse(golden.Input);
        return [.. row.RootElement.EnumerateObject().Select(member => (JsonValues.Quote(member.Name), member.Value.GetRawText()))];
    }

    private static string Join(Random random, List<(string Name, string Value)> members)
    {
        var blank = random.Chance(0.1) ? Blank(random) : "";
        return $"{{{blank}{string.Join($",{blank}", members.Select(member => $"{member.Name}{blank}:{blank}{member.Value}"))}{blank}}}";
    }

    private static string Blank(Random random) => random.Pick(["", "", "", " ", "\t", "\r\n", "\n\n   "]);

    private static string Misspell(Random random, string name)
    {
        if (name.Length == 0)
        {
            return "x";
        }

        var at = random.Next(name.Length);
        return random.Next(4) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, "x"),
            2 => name[..at] + char.ToUpperInvariant(name[at]) + name[(at + 1)..],
            _ => name + name,
        };
    }
}
