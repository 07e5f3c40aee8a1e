using ModelApi.Configuration;
using ModelApi.Inference.Loading;
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

    /// <summary>Seconds until a version that is not loaded and proved has failed. Default: 60.</summary>
    public double LoadTimeoutSeconds { get; init; } = 60;

    /// <summary>
    /// Megabytes (2^20 bytes) that loading a version may take beyond ten times the size of its graphs; a version that takes more has
    /// failed. Default: 512.
    /// </summary>
    public int LoadMemoryMegabytes { get; init; } = 512;

    /// <summary>Where bundles of the folder are proved before they are loaded. Default: none.</summary>
    public IsolationMode Isolation { get; init; } = IsolationMode.None;

    /// <summary>
    /// Whether bundles that are copied into the folder are loaded while the server runs, and those that are removed are let go.
    /// Default: true.
    /// </summary>
    public bool Watch { get; init; } = true;

    /// <summary>How rows of several callers are joined, where a manifest does not say otherwise.</summary>
    public BatchingOptions Batching { get; init; } = new();

    /// <summary>The limits of loading one version.</summary>
    public LoadLimits ToLoadLimits() => new()
    {
        Timeout = TimeSpan.FromSeconds(LoadTimeoutSeconds),
        MemoryBytes = LoadMemoryMegabytes * 1024L * 1024,
    };

    public static ModelsOptions Read(SettingsReader settings) => new()
    {
        Root = settings.Required(nameof(Root), Defaults.Root),
        Default = settings.Text(nameof(Default)) is { Length: > 0 } name ? name : null,
        Engine = settings.Choice<ScoringEngine>(nameof(Engine)) ?? Defaults.Engine,
        BatchThreads = settings.Whole(nameof(BatchThreads), 0, 256) ?? Defaults.BatchThreads,
        Threads = settings.Whole(nameof(Threads), 1, 256) ?? Defaults.Threads,
        LoadTimeoutSeconds = settings.Number(nameof(LoadTimeoutSeconds), 0.1, 86_400) ?? Defaults.LoadTimeoutSeconds,
        LoadMemoryMegabytes = settings.Whole(nameof(LoadMemoryMegabytes), 16, 1_048_576) ?? Defaults.LoadMemoryMegabytes,
        Isolation = settings.Choice<IsolationMode>(nameof(Isolation)) ?? Defaults.Isolation,
        Watch = settings.Flag(nameof(Watch)) ?? Defaults.Watch,
        Batching = settings.Section(nameof(Batching), BatchingOptions.Read),
    };
}
