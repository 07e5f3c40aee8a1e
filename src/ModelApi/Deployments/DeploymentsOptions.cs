using ModelApi.Configuration;
using ModelApi.Deployments.Archives;

namespace ModelApi.Deployments;

/// <summary>How bundles are uploaded; section <c>Deployments</c> of the configuration.</summary>
internal sealed record DeploymentsOptions
{
    public const string Section = "Deployments";

    // Zip files above 4 GB have another format, which is not read.
    private const int MostMegabytes = 4095;
    private const long Megabyte = 1024 * 1024;

    private static readonly DeploymentsOptions Defaults = new();

    /// <summary>Megabytes (2^20 bytes) that an archive may have. Default: 1024.</summary>
    public int MaxUploadMegabytes { get; init; } = 1024;

    /// <summary>Megabytes that an archive may have when it is unpacked. Default: 2048.</summary>
    public int MaxUnpackedMegabytes { get; init; } = 2048;

    /// <summary>Archives that are received at a time; further ones are answered 503. Default: 4.</summary>
    public int MaxConcurrentUploads { get; init; } = 4;

    public ArchiveLimits ToArchiveLimits() => new()
    {
        MaxBytes = MaxUploadMegabytes * Megabyte,
        MaxUnpackedBytes = MaxUnpackedMegabytes * Megabyte,
        MaxConcurrent = MaxConcurrentUploads,
    };

    public static DeploymentsOptions Read(SettingsReader settings) => new()
    {
        MaxUploadMegabytes = settings.Whole(nameof(MaxUploadMegabytes), 1, MostMegabytes) ?? Defaults.MaxUploadMegabytes,
        MaxUnpackedMegabytes = settings.Whole(nameof(MaxUnpackedMegabytes), 1, 1_048_576) ?? Defaults.MaxUnpackedMegabytes,
        MaxConcurrentUploads = settings.Whole(nameof(MaxConcurrentUploads), 1, 1000) ?? Defaults.MaxConcurrentUploads,
    };
}
