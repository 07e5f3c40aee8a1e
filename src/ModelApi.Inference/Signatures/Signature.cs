using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Signatures;

/// <summary>The ordered, typed features that a model version takes, and what it returns.</summary>
public sealed class Signature
{
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indices;

    /// <summary>Builds a signature.</summary>
    /// <param name="features">At least one feature, with distinct names.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public Signature(IReadOnlyList<Feature> features)
    {
        Features = [.. features];
        var indices = new Dictionary<string, int>(Features.Count, StringComparer.Ordinal);
        for (var i = 0; i < Features.Count; i++)
        {
            indices.Add(Features[i].Name, i);
        }

        _indices = indices.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The features, in the order of the manifest.</summary>
    public IReadOnlyList<Feature> Features { get; }

    /// <summary>What is predicted.</summary>
    public ModelTask Task { get; init; } = ModelTask.Classification;

    /// <summary>The name of what is predicted, such as the target column of the training data.</summary>
    public string Target { get; init; } = "prediction";

    /// <summary>The classes of a classifier, or null for a regression.</summary>
    public ClassLabels? Classes { get; init; }

    /// <summary>What happens to a category that the trainer never saw.</summary>
    public UnknownCategory UnknownCategory { get; init; }

    /// <summary>The key of a request object that holds rows, such as <c>instances</c>.</summary>
    public string InstancesKey { get; init; } = "instances";

    /// <summary>The index of a feature, or -1 when there is none of that name.</summary>
    public int IndexOf(ReadOnlySpan<char> name) => _indices.TryGetValue(name, out var index) ? index : -1;

    /// <summary>One valid row: each feature's example.</summary>
    /// <returns>A new object that the caller owns.</returns>
    public JsonObject Example()
    {
        var row = new JsonObject();
        foreach (var feature in Features)
        {
            row[feature.Name] = feature.Example?.DeepClone();
        }

        return row;
    }
}
