using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>What a manifest says about the answer.</summary>
internal sealed record AnswerManifest(
    ModelTask Task,
    string Target,
    ClassLabels? Classes,
    IReadOnlyList<string> Targets,
    OutputNames Outputs,
    AnswerShape Shape);
