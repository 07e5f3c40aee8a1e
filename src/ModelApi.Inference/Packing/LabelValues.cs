using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>The JSON type of a model's labels, and the labels as the manifest writes them.</summary>
internal sealed class LabelValues
{
    private enum Kind
    {
        Text,
        Integer,
        Number,
        Boolean,
    }

    private readonly Kind _kind;

    private LabelValues(Kind kind) => _kind = kind;

    /// <summary>The labels of golden rows: all texts, all booleans or all numbers.</summary>
    /// <exception cref="PackException">They are of several types.</exception>
    public static LabelValues OfGolden(IEnumerable<JsonElement> labels)
    {
        Kind? kind = null;
        foreach (var label in labels)
        {
            var found = label.ValueKind switch
            {
                JsonValueKind.String => Kind.Text,
                JsonValueKind.True or JsonValueKind.False => Kind.Boolean,
                JsonValueKind.Number => label.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? Kind.Number : Kind.Integer,
                _ => throw new PackException("A golden 'label' must be a string, a number or a boolean."),
            };
            kind = (kind, found) switch
            {
                (null, _) => found,
                (Kind.Integer, Kind.Number) or (Kind.Number, Kind.Integer) => Kind.Number,
                var (known, _) when known == found => known,
                _ => throw new PackException("The golden labels are of several types; write all as strings, as numbers or as booleans."),
            };
        }

        return new LabelValues(kind ?? Kind.Text);
    }

    /// <summary>Labels in a text file: numbers or booleans where all of them are.</summary>
    public static LabelValues OfTexts(IReadOnlyCollection<string> labels) => new(
        labels.All(label => long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) ? Kind.Integer
        : labels.All(label => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)) ? Kind.Number
        : labels.All(label => bool.TryParse(label, out _)) ? Kind.Boolean
        : Kind.Text);

    /// <summary>The same label is written the same: 1, 1.0 and "1" of numbers, and True and true of booleans.</summary>
    /// <returns>Null for a text that is no label of this type.</returns>
    public string? Canonical(string text) => _kind switch
    {
        Kind.Text => text,
        Kind.Boolean => bool.TryParse(text, out var boolean) ? (boolean ? "true" : "false")
            : text is "1" or "1.0" ? "true" : text is "0" or "0.0" ? "false" : null,
        _ when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) => null,
        Kind.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
            whole.ToString(CultureInfo.InvariantCulture),
        Kind.Integer => double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture) is var real
            && real.AsSpan().ContainsAny('.', 'E') ? real : $"{real}.0",
    };

    /// <summary><see cref="Canonical(string)"/> of a label in JSON.</summary>
    public string? Canonical(JsonElement label) =>
        Canonical(label.ValueKind == JsonValueKind.String ? label.GetString()! : label.GetRawText());

    /// <summary>A label as the manifest has it.</summary>
    public JsonNode ToJson(string canonical) => _kind == Kind.Text ? JsonValue.Create(canonical) : JsonNode.Parse(canonical)!;

    /// <summary>The order that a trainer gives to labels: of numbers by size, of texts by code point, of booleans false first.</summary>
    public IEnumerable<string> InOrder(IEnumerable<string> canonical) => _kind is Kind.Integer or Kind.Number
        ? canonical.OrderBy(label => double.Parse(label, CultureInfo.InvariantCulture))
        : canonical.Order(StringComparer.Ordinal);

    /// <summary>The classes, and what else a trainer may write for them: <c>1.0</c> for 1, <c>True</c> for true.</summary>
    public HashSet<string> SpellingsOf(IReadOnlyCollection<string> classes)
    {
        var texts = classes.ToHashSet(StringComparer.Ordinal);
        var otherwise = classes.SelectMany(name =>
            new[] { name.Replace(".0", "", StringComparison.Ordinal), $"{name}.0", Capital(name) });
        foreach (var text in otherwise)
        {
            if (Canonical(text) is { } canonical && classes.Contains(canonical))
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static string Capital(string name) => name.Length > 0 ? char.ToUpperInvariant(name[0]) + name[1..] : name;
}
