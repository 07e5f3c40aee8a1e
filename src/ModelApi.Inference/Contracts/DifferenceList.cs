using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ModelApi.Inference.Contracts;

/// <summary>Collects the differences of two contracts.</summary>
internal sealed class DifferenceList
{
    /// <summary>How many items of a list a difference holds; the message counts them all.</summary>
    public const int MostItems = 100;

    private const int MostNamed = 5;

    private static readonly JsonSerializerOptions EnumNames = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly List<ContractDifference> _differences = [];

    public void Breaking(string path, ContractChange change, JsonNode? old, JsonNode? @new, string message) =>
        _differences.Add(new ContractDifference(path, change, IsBreaking: true, old, @new, message));

    public void Compatible(string path, ContractChange change, JsonNode? old, JsonNode? @new, string message) =>
        _differences.Add(new ContractDifference(path, change, IsBreaking: false, old, @new, message));

    public void Add(bool isBreaking, string path, ContractChange change, JsonNode? old, JsonNode? @new, string message) =>
        _differences.Add(new ContractDifference(path, change, isBreaking, old, @new, message));

    /// <summary>The differences so far, breaking ones first.</summary>
    public ContractComparison ToComparison() => new([.. _differences.OrderByDescending(difference => difference.IsBreaking)]);

    /// <summary>The name that a manifest has for a value.</summary>
    public static JsonNode NameOf<T>(T value) where T : struct, Enum => JsonSerializer.SerializeToNode(value, EnumNames)!;

    /// <summary>The first items of a list.</summary>
    public static JsonArray ArrayOf(IEnumerable<string> items) => new([.. items.Take(MostItems).Select(item => JsonValue.Create(item))]);

    /// <summary>The first names of a list, quoted, and how many more there are.</summary>
    public static string Quote(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed).Select(name => $"'{name}'"))
        + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
