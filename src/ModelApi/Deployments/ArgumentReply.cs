using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Deployments;

/// <summary>A training argument that two versions do not have in common.</summary>
/// <param name="Name">Its path in args.json, such as <c>split.seed</c>.</param>
/// <param name="Old">The value of the first version; null where it has none.</param>
/// <param name="New">The value of the second version; null where it has none.</param>
internal sealed record ArgumentReply(string Name, JsonNode? Old, JsonNode? New)
{
    /// <summary>The arguments that differ, in the order of the second version; an array is one value.</summary>
    public static IEnumerable<ArgumentReply> Differing(JsonElement? old, JsonElement? @new)
    {
        var (before, now) = (Values(old), Values(@new));
        foreach (var name in now.Keys.Concat(before.Keys.Where(name => !now.ContainsKey(name))))
        {
            var hasOld = before.TryGetValue(name, out var was);
            var hasNew = now.TryGetValue(name, out var @is);
            if (!hasOld || !hasNew || !JsonElement.DeepEquals(was, @is))
            {
                yield return new ArgumentReply(name, hasOld ? ToNode(was) : null, hasNew ? ToNode(@is) : null);
            }
        }
    }

    private static OrderedDictionary<string, JsonElement> Values(JsonElement? document)
    {
        var values = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in Leaf.Of(document))
        {
            values.TryAdd(name, value);
        }

        return values;
    }

    private static JsonNode? ToNode(JsonElement value) => JsonNode.Parse(value.GetRawText());
}
