using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelApi.Limits;

/// <summary>What one client may ask of the server; section <c>Limits</c> of the configuration.</summary>
internal sealed record LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>Bytes of a request body, after decompression. Default: 16 MiB.</summary>
    [Range(1024L, 1L << 30)]
    public long MaxRequestBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Levels of nesting in a JSON body. Default: 32.</summary>
    [Range(2, 1000)]
    public int MaxJsonDepth { get; init; } = 32;

    /// <summary>Rows in one prediction request. Default: 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxRowsPerRequest { get; init; } = 10_000;

    /// <summary>Seconds from a request's first byte to its answer. Default: 30.</summary>
    [Range(0.1, 3600)]
    public double RequestTimeoutSeconds { get; init; } = 30;

    /// <summary>
    /// Predictions that are worked on at a time, from the whole body to the whole answer. Default: two for each core.
    /// </summary>
    [Range(1, 100_000)]
    public int? MaxConcurrentPredictions { get; init; }

    /// <summary>Predictions that wait for others to end; further ones are refused at once. Default: 512.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedPredictions { get; init; } = 512;

    /// <summary>Open connections; further ones are closed at once. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrentConnections { get; init; } = 10_000;

    /// <summary>
    /// Seconds between SIGTERM and the closing of the port, during which requests are served but readiness is 503, so that
    /// load balancers turn away first. Default: 5, in development 0.
    /// </summary>
    [Range(0, 300)]
    public double? DrainSeconds { get; init; }

    /// <summary>Seconds that requests in flight have to finish after the port is closed. Default: 30.</summary>
    [Range(0, 3600)]
    public double ShutdownSeconds { get; init; } = 30;
}

[OptionsValidator]
internal sealed partial class LimitsOptionsValidator : IValidateOptions<LimitsOptions>;
