using ModelApi.Configuration;

namespace ModelApi.Limits;

/// <summary>What one client may ask of the server; section <c>Limits</c> of the configuration.</summary>
internal sealed record LimitsOptions
{
    public const string Section = "Limits";

    private static readonly LimitsOptions Defaults = new();

    /// <summary>Bytes of a request body, after decompression. Default: 16 MiB.</summary>
    public long MaxRequestBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Levels of nesting in a JSON body. Default: 32.</summary>
    public int MaxJsonDepth { get; init; } = 32;

    /// <summary>Rows in one prediction request. Default: 10,000.</summary>
    public int MaxRowsPerRequest { get; init; } = 10_000;

    /// <summary>Seconds from a request's first byte to its answer. Default: 30.</summary>
    public double RequestTimeoutSeconds { get; init; } = 30;

    /// <summary>
    /// Predictions in progress at a time, from the whole body to the whole answer. Default: two for each core.
    /// </summary>
    public int? MaxConcurrentPredictions { get; init; }

    /// <summary>
    /// Milliseconds from the body to the answer of a prediction that has to wait for others, as predicted from what requests took so far;
    /// one that would take longer is refused at once. Default: 250.
    /// </summary>
    public int MaxQueueMilliseconds { get; init; } = 250;

    /// <summary>Predictions that wait for others to finish, however quick they are. Default: 512.</summary>
    public int MaxQueuedPredictions { get; init; } = 512;

    /// <summary>
    /// Megabytes that all requests together may use for bodies, rows and answers. Default: a quarter of the machine's memory, or of the
    /// container's.
    /// </summary>
    public long? MaxRequestMemoryMegabytes { get; init; }

    /// <summary>Open connections; further ones are closed at once. Default: 10,000.</summary>
    public int MaxConcurrentConnections { get; init; } = 10_000;

    /// <summary>
    /// Seconds from SIGTERM until the port closes. Requests are still served, but readiness is 503, so that load balancers send
    /// their requests elsewhere first. Default: 5, in development 0.
    /// </summary>
    public double? DrainSeconds { get; init; }

    /// <summary>Seconds for requests in flight to finish after the port closes. Default: 30.</summary>
    public double ShutdownSeconds { get; init; } = 30;

    public static LimitsOptions Read(SettingsReader settings) => new()
    {
        MaxRequestBodyBytes = settings.Whole(nameof(MaxRequestBodyBytes), 1024, 1L << 30) ?? Defaults.MaxRequestBodyBytes,
        MaxJsonDepth = settings.Whole(nameof(MaxJsonDepth), 2, 1000) ?? Defaults.MaxJsonDepth,
        MaxRowsPerRequest = settings.Whole(nameof(MaxRowsPerRequest), 1, 10_000_000) ?? Defaults.MaxRowsPerRequest,
        RequestTimeoutSeconds = settings.Number(nameof(RequestTimeoutSeconds), 0.1, 3600) ?? Defaults.RequestTimeoutSeconds,
        MaxConcurrentPredictions = settings.Whole(nameof(MaxConcurrentPredictions), 1, 100_000),
        MaxQueueMilliseconds = settings.Whole(nameof(MaxQueueMilliseconds), 1, 3_600_000) ?? Defaults.MaxQueueMilliseconds,
        MaxQueuedPredictions = settings.Whole(nameof(MaxQueuedPredictions), 1, 1_000_000) ?? Defaults.MaxQueuedPredictions,
        MaxRequestMemoryMegabytes = settings.Whole(nameof(MaxRequestMemoryMegabytes), 1, 16_777_216L),
        MaxConcurrentConnections = settings.Whole(nameof(MaxConcurrentConnections), 1, 1_000_000) ?? Defaults.MaxConcurrentConnections,
        DrainSeconds = settings.Number(nameof(DrainSeconds), 0, 300),
        ShutdownSeconds = settings.Number(nameof(ShutdownSeconds), 0, 3600) ?? Defaults.ShutdownSeconds,
    };
}
