namespace ModelApi.Architecture.Tests;

/// <summary>The layers of each assembly, from the lowest to the highest. A layer uses only those before it.</summary>
/// <remarks>
/// A layer is a namespace without the assembly's root, and includes the namespaces below it that are no layers themselves.
/// docs/architecture.md gives the reasons for the order.
/// </remarks>
internal static class Layers
{
    public static IReadOnlyList<string> Of(SourceAssembly assembly) => assembly switch
    {
        SourceAssembly.Inference =>
        [
            "Pooling",
            "Signatures",
            "Batches",
            "Bundles.Onnx",
            "Bundles.Graphs",
            "Bundles.MlNet",
            "Bundles",
            "Contracts",
            "Scoring",
            "Scoring.OnnxRuntime",
            "Scoring.MlNet",
            "Scoring.Compiled.Columns",
            "Scoring.Compiled.Transforms",
            "Scoring.Compiled.Trees",
            "Scoring.Compiled.Text",
            "Scoring.Compiled.Linear",
            "Scoring.Compiled.Vectors",
            "Scoring.Compiled.Plans",
            "Scoring.Compiled.Import.Graphs",
            "Scoring.Compiled.Import.Operators",
            "Scoring.Compiled.Import",
            "Scoring.Compiled",
            "Scoring.Batching",
            "Scoring.Selection",
            "Loading",
            "Isolation",
            "Registry",
            "Drift",
            "Files",
            "Packing",
            "Packing.MlNet",
        ],
        SourceAssembly.Host =>
        [
            "Configuration",
            "Limits",
            "Shutdown",
            "Storage",
            "Errors",
            "Answers",
            "OpenApi",
            "Identity",
            "Telemetry",
            "Audit",
            "Overload",
            "Models.Code",
            "Models",
            "Predictions",
            "Deployments.Archives",
            "Deployments.Rollouts",
            "Deployments",
            "Health",
            "Hosting",
        ],
        _ => [],
    };
}
