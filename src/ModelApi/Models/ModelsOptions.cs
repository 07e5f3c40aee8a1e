using ModelApi.Configuration;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Models;

/// <summary>What is served; section <c>Models</c> of the configuration.</summary>
internal sealed record ModelsOptions
{
    public const string Section = "Models";

    private static readonly ModelsOptions Defaults = new();

    /// <summary>
    /// The folder of bundles, <c>name/version/</c>; relative to the content root, or else to the program. Default: models.
    /// </summary>
    public string Root { get; init; } = "models";

    /// <summary>The model that routes without a name serve. Default: null, the only model of the folder.</summary>
    public string? Default { get; init; }

    /// <summary>What scores: auto (compiled code where it gives ONNX Runtime's answers), compiled, or onnxruntime. Default: auto.</summary>
    public ScoringEngine Engine { get; init; } = ScoringEngine.Auto;

    /// <summary>
    /// Threads that one large batch may take with the compiled engine; the batches of all requests together take no more than the
    /// machine has. Default: 0, as many as it has.
    /// </summary>
    public int BatchThreads { get; init; }

    /// <summary>
    /// Threads of the pool that all ONNX Runtime sessions share. Default: 1, each request being scored on its own thread, which
    /// serves most requests per second; more make one large batch faster at the cost of single rows.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>How rows of several callers are joined, where a manifest does not say otherwise.</summary>
    public BatchingOptions Batching { get; init; } = new();

    public static ModelsOptions Read(SettingsReader settings) => new()
    {
        Root = settings.Required(nameof(Root), Defaults.Root),
        Default = settings.Text(nameof(Default)) is { Length: > 0 } name ? name : null,
        Engine = settings.Choice<ScoringEngine>(nameof(Engine)) ?? Defaults.Engine,
        BatchThreads = settings.Whole(nameof(BatchThreads), 0, 256) ?? Defaults.BatchThreads,
        Threads = settings.Whole(nameof(Threads), 1, 256) ?? Defaults.Threads,
        Batching = settings.Section(nameof(Batching), BatchingOptions.Read),
    };
}
