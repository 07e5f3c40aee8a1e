using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Models;

/// <summary>What is served; section <c>Models</c> of the configuration.</summary>
internal sealed record ModelsOptions
{
    public const string Section = "Models";

    /// <summary>The folder of bundles, <c>name/version/</c>; relative to the content root, or else to the program. Default: models.</summary>
    [Required]
    public string Root { get; init; } = "models";

    /// <summary>The model that routes without a name serve. Default: bank.</summary>
    [Required]
    public string Default { get; init; } = "bank";

    /// <summary>What scores: auto (compiled code where it gives ONNX Runtime's answers), compiled, or onnxruntime. Default: auto.</summary>
    [EnumDataType(typeof(ScoringEngine))]
    public ScoringEngine Engine { get; init; } = ScoringEngine.Auto;

    /// <summary>
    /// Threads that one large batch may take with the compiled engine; the batches of all requests together take no more than the
    /// machine has. Default: 0, as many as it has.
    /// </summary>
    [Range(0, 256)]
    public int BatchThreads { get; init; }

    /// <summary>
    /// Threads of the pool that all ONNX Runtime sessions share. Default: 1, each request being scored on its own thread, which
    /// serves most requests per second; more make one large batch faster at the cost of single rows.
    /// </summary>
    [Range(1, 256)]
    public int Threads { get; init; } = 1;

    /// <summary>How rows of several callers are joined, where a manifest does not say otherwise.</summary>
    [ValidateObjectMembers]
    public BatchingOptions Batching { get; init; } = new();
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;
