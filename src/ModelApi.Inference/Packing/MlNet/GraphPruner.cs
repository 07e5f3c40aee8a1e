using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>
/// Leaves of a converted pipeline what its answer depends on: ML.NET also converts the label, and returns every column that it was given.
/// </summary>
internal static class GraphPruner
{
    private const string Suffix = ".output";

    /// <summary>The graph with those outputs alone, under the names of their columns.</summary>
    /// <param name="content">A graph as ConvertToOnnx writes it.</param>
    /// <param name="outputs">The columns that stay.</param>
    /// <returns>The new graph; null when it has no such output.</returns>
    public static byte[]? Prune(byte[] content, IReadOnlyList<string> outputs)
    {
        // Fields that are not known go: among them the shapes of inner values, some of which are wrong.
        var model = OnnxModel.Parser.WithDiscardUnknownFields(true).ParseFrom(content);
        var graph = model.Graph;
        var kept = new List<OnnxValueInfo>();
        foreach (var name in outputs)
        {
            if (graph.Output.FirstOrDefault(output => output.Name == name + Suffix) is not { } output)
            {
                return null;
            }

            kept.Add(output);
        }

        graph.Output.Clear();
        graph.Output.AddRange(kept);
        OneHotTexts.Join(graph);
        RemoveUnused(graph);
        Rename(graph);
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }

    /// <summary>Removes nodes, inputs and constants that no output depends on.</summary>
    private static void RemoveUnused(OnnxGraph graph)
    {
        var used = graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = graph.Node.Count - 1; i >= 0; i--)
        {
            if (graph.Node[i].Output.Any(used.Contains))
            {
                used.UnionWith(graph.Node[i].Input);
            }
            else
            {
                graph.Node.RemoveAt(i);
            }
        }

        Keep(graph.Input, input => used.Contains(input.Name));
        Keep(graph.Initializer, constant => used.Contains(constant.Name));
    }

    // Each output is a copy of a value under another name.
    private static void Rename(OnnxGraph graph)
    {
        foreach (var output in graph.Output)
        {
            var column = output.Name[..^Suffix.Length];
            if (graph.Input.Any(input => input.Name == column))
            {
                continue;
            }

            var last = graph.Node.First(node => node.Output.Contains(output.Name));
            if (last is { OpType: "Identity", Input: [var value] } && graph.Node.Any(node => node.Output.Contains(value)))
            {
                graph.Node.Remove(last);
                RenameValue(graph, value, output.Name);
            }

            // An earlier step may have made a value of that name, such as the key that the label is mapped from.
            RenameValue(graph, column, $"{column}.earlier");
            RenameValue(graph, output.Name, column);
            output.Name = column;
        }
    }

    private static void RenameValue(OnnxGraph graph, string old, string name)
    {
        foreach (var node in graph.Node)
        {
            Replace(node.Input, old, name);
            Replace(node.Output, old, name);
        }
    }

    private static void Replace(Google.Protobuf.Collections.RepeatedField<string> names, string old, string other)
    {
        for (var i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == old ? other : names[i];
        }
    }

    private static void Keep<T>(Google.Protobuf.Collections.RepeatedField<T> items, Func<T, bool> isKept)
    {
        var kept = items.Where(isKept).ToList();
        items.Clear();
        items.AddRange(kept);
    }
}
