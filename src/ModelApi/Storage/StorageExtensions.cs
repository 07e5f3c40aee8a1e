using Microsoft.Extensions.Options;
using ModelApi.Configuration;

namespace ModelApi.Storage;

internal static class StorageExtensions
{
    /// <summary>Adds the database, its changes and the files of bundles. Nothing is opened before somebody needs it.</summary>
    public static void AddStorage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddSettings(StorageOptions.Section, StorageOptions.Read);
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return new Database(
                DialectOf(options), Migration.ReadAll(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<Database>>());
        });
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton(provider => new BundleFiles(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<Database>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
    }

    public static IDialect? DialectOf(StorageOptions options) => options switch
    {
        { ConnectionString: { } text } => new PostgresDialect(text),
        { Root: { } root } => new SqliteDialect(root),
        _ => null,
    };
}
