using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.Fuzz.Generation;

/// <summary>Changes JSON documents of any schema, node by node, or byte by byte.</summary>
internal static class JsonMutator
{
    /// <summary>A changed document; it may be no JSON any more.</summary>
    public static Sample Next(Random random, byte[] json)
    {
        if (random.Chance(0.15))
        {
            return Bytes(random, json);
        }

        var root = JsonNode.Parse(json)!;
        var kind = "";
        for (var changes = random.Chance(0.8) ? 1 : 3; changes > 0; changes--)
        {
            kind = Change(random, root);
        }

        // Placeholders stand for texts that a node cannot hold, such as numbers out of range and broken escapes.
        var text = root.ToJsonString();
        while (text.IndexOf(Placeholder, StringComparison.Ordinal) is >= 0 and var at)
        {
            text = text[..at] + JsonValues.Any(random) + text[(at + Placeholder.Length)..];
        }

        return new Sample(kind, Encoding.UTF8.GetBytes(text));
    }

    private const string Placeholder = "\"placeholder-of-the-mutator\"";

    /// <summary>Bytes are cut, turned, put in or left out.</summary>
    public static Sample Bytes(Random random, byte[] content)
    {
        if (content.Length == 0)
        {
            return new Sample("noise", random.Bytes(random.Length(100)));
        }

        var at = random.Next(content.Length);
        switch (random.Next(6))
        {
            case 0:
                return new Sample("truncated", content[..at]);
            case 1:
                return new Sample("inserted bytes", [.. content[..at], .. random.Bytes(random.Length(40)), .. content[at..]]);
            case 2:
                return new Sample("removed bytes", [.. content[..at], .. content[Math.Min(content.Length, at + random.Length(200))..]]);
            case 3:
                return new Sample("repeated bytes", [.. content[..at], .. content[(at / 2)..]]);
            default:
                var turned = (byte[])content.Clone();
                for (var i = random.Length(8); i > 0; i--)
                {
                    turned[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                }

                return new Sample("flipped bits", turned);
        }
    }

    private static string Change(Random random, JsonNode root)
    {
        // One step down at a time, so that short lists count as much as long ones.
        var node = root;
        while (Children(node) is { Count: > 0 } children && (ReferenceEquals(node, root) || random.Chance(0.7)))
        {
            node = random.Pick(children);
        }

        var place = node.Parent is JsonObject ? node.GetPropertyName() : "item";
        switch (node.Parent)
        {
            case JsonObject parent:
                ChangeMember(random, parent, node);
                break;
            case JsonArray parent:
                ChangeItem(random, parent, node);
                break;
        }

        return $"changed {place}";
    }

    private static void ChangeMember(Random random, JsonObject parent, JsonNode node)
    {
        var name = node.GetPropertyName();
        switch (random.Next(6))
        {
            case 0:
                parent.Remove(name);
                break;
            case 1:
                parent[name + random.Pick(["x", "", " ", "\0", "é"])] = node.DeepClone();
                break;
            case 2:
                parent.Remove(name);
                parent[name.ToUpperInvariant()] = node.DeepClone();
                break;
            case 3:
                parent[name] = Other(random, node);
                break;
            default:
                parent[name] = Slot();
                break;
        }
    }

    private static void ChangeItem(Random random, JsonArray parent, JsonNode node)
    {
        var at = node.GetElementIndex();
        switch (random.Next(6))
        {
            case 0:
                parent.RemoveAt(at);
                break;
            case 1:
                parent.Insert(random.Next(parent.Count + 1), node.DeepClone());
                break;
            case 2:
                for (var copies = random.Length(300); copies > 0; copies--)
                {
                    parent.Add(node.DeepClone());
                }

                break;
            case 3:
                parent[at] = Other(random, node);
                break;
            default:
                parent[at] = Slot();
                break;
        }
    }

    // Of another type, or from another place of the document.
    private static JsonNode? Other(Random random, JsonNode node) => random.Next(6) switch
    {
        0 => null,
        1 => new JsonArray(node.DeepClone()),
        2 => new JsonObject { ["name"] = node.DeepClone() },
        3 => node.ToJsonString(),
        4 => random.Next(-2, 100),
        _ => Children(node.Root) is { Count: > 0 } nodes ? random.Pick(nodes).DeepClone() : true,
    };

    private static JsonNode Slot() => JsonNode.Parse(Placeholder)!;

    private static List<JsonNode> Children(JsonNode node) => node switch
    {
        JsonObject members => [.. members.Select(member => member.Value).OfType<JsonNode>()],
        JsonArray items => [.. items.OfType<JsonNode>()],
        _ => [],
    };
}
