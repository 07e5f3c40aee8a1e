using System.Text.Json;

namespace ModelApi.Deployments;

/// <summary>A value in a JSON document that is no object, with the path of members to it.</summary>
internal readonly record struct Leaf(string Path, JsonElement Value)
{
    /// <summary>All such values of a document, in its order; an array is one value.</summary>
    public static IEnumerable<Leaf> Of(JsonElement? document) => document is { } root ? Below(root, "") : [];

    private static IEnumerable<Leaf> Below(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(member => Below(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"))
        : [new Leaf(path, element)];
}
