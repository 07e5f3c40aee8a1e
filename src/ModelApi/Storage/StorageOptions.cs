using ModelApi.Configuration;
using Npgsql;

namespace ModelApi.Storage;

/// <summary>Where the server keeps what must survive a restart; section <c>Storage</c> of the configuration.</summary>
internal sealed record StorageOptions
{
    public const string Section = "Storage";

    /// <summary>
    /// The data folder, relative to the program: the SQLite file, bundles that were uploaded, and uploads in progress. Null keeps nothing:
    /// the server serves the folder of models, and takes no changes. Default: data.
    /// </summary>
    public string? Folder { get; init; } = "data";

    /// <summary>Of a PostgreSQL database, which then takes the place of the SQLite file. Default: null.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>A folder that all replicas see, for the bundles. Default: null, the data folder or the PostgreSQL database.</summary>
    public string? SharedFolder { get; init; }

    /// <summary>The whole path of the data folder.</summary>
    public string? Root => Folder is null ? null : Path.GetFullPath(Folder, AppContext.BaseDirectory);

    public static StorageOptions Read(SettingsReader settings) => new()
    {
        Folder = settings.Text(nameof(Folder)) switch
        {
            null => new StorageOptions().Folder,
            { } text => string.IsNullOrWhiteSpace(text) ? null : text,
        },
        ConnectionString = ReadConnectionString(settings),
        SharedFolder = settings.Text(nameof(SharedFolder)) is { Length: > 0 } shared ? shared : null,
    };

    private static string? ReadConnectionString(SettingsReader settings)
    {
        if (settings.Text(nameof(ConnectionString)) is not { Length: > 0 } text)
        {
            return null;
        }

        // A method of its own: without a connection string, nothing of Npgsql is loaded.
        return PostgresFault(text) is { } fault ? Fail(fault) : text;

        string? Fail(string fault)
        {
            settings.Fail(nameof(ConnectionString), $": {fault}");
            return null;
        }
    }

    // Never the string itself, which may hold a password.
    private static string? PostgresFault(string text)
    {
        const string Example = "write it like Host=localhost;Database=modelapi;Username=modelapi;Password=…";
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is null ? $"it names no Host; {Example}" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return $"it is not a connection string of PostgreSQL; {Example}";
        }
    }
}
