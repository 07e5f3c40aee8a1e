using Microsoft.Extensions.Options;

namespace ModelApi.Configuration;

internal static class ConfigurationExtensions
{
    /// <summary>Adds options that are read from a section when the server starts; a setting that cannot be used stops the start.</summary>
    public static void AddSettings<T>(this WebApplicationBuilder builder, string section, Func<SettingsReader, T> read)
        where T : class
    {
        var services = builder.Services;
        services.AddSingleton(provider => new SettingsSection<T>(provider.GetRequiredService<IConfiguration>(), section, read));
        services.AddSingleton<SettingsSection>(provider => provider.GetRequiredService<SettingsSection<T>>());
        services.AddSingleton<IOptionsFactory<T>>(provider => provider.GetRequiredService<SettingsSection<T>>());
        services.AddOptions<T>().ValidateOnStart();
    }

    /// <summary>Stops a start with settings that cannot be used, and warns of settings and options that nothing reads.</summary>
    /// <param name="app">The server.</param>
    /// <param name="args">Its command line.</param>
    /// <exception cref="OptionsValidationException">A setting cannot be used.</exception>
    public static void UseSettings(this WebApplication app, string[] args)
    {
        // Before the host does the same, which would log each failure with a stack trace.
        app.Services.GetRequiredService<IStartupValidator>().Validate();

        var sections = app.Services.GetServices<SettingsSection>().ToList();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ModelApi.Configuration");
        foreach (var unknown in UnknownNames.Find(app.Configuration, sections, args))
        {
            log.UnknownName(unknown);
        }
    }
}
