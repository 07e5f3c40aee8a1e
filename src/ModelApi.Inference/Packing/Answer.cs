using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>What a model predicts, as the manifest says it.</summary>
internal sealed record Answer
{
    /// <summary>The <c>task</c>.</summary>
    public required string Task { get; init; }

    /// <summary>The <c>outputs</c>.</summary>
    public required JsonObject Outputs { get; init; }

    /// <summary>The <c>classes</c>, or null.</summary>
    public JsonArray? Classes { get; init; }

    /// <summary>How many values or labels are predicted for a row.</summary>
    public int Targets { get; init; } = 1;

    /// <summary>The names of several targets, as far as the golden rows have them.</summary>
    public IReadOnlyList<string>? TargetNames { get; init; }

    /// <summary>The classes as texts in a file have them, or null where numbers are predicted.</summary>
    public IReadOnlySet<string>? ClassTexts { get; init; }

    /// <summary>Sentences about what was found and what is left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
