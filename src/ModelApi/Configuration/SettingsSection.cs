using Microsoft.Extensions.Options;

namespace ModelApi.Configuration;

/// <summary>A section of the configuration that a feature reads.</summary>
internal abstract class SettingsSection(string name)
{
    public string Name { get; } = name;

    /// <summary>The whole names of its settings.</summary>
    public abstract IEnumerable<string> Names { get; }

    public abstract IEnumerable<UnknownSetting> Unknown { get; }
}

/// <summary>Reads the options of a feature, once.</summary>
/// <param name="configuration">The whole configuration.</param>
/// <param name="name">The section, <c>Limits</c>.</param>
/// <param name="read">Makes the options of the section's settings.</param>
internal sealed class SettingsSection<T>(IConfiguration configuration, string name, Func<SettingsReader, T> read)
    : SettingsSection(name), IOptionsFactory<T>
    where T : class
{
    private readonly Lazy<(T Options, SettingsReader Settings)> _content = new(() =>
    {
        var settings = new SettingsReader(configuration.GetSection(name));
        return (read(settings), settings);
    });

    /// <summary>The options before they are checked: a setting that cannot be used has its default.</summary>
    /// <remarks>For what the host asks for while it is built, so that the check can name all such settings together.</remarks>
    public T Unchecked => _content.Value.Options;

    public override IEnumerable<string> Names => _content.Value.Settings.Names;

    public override IEnumerable<UnknownSetting> Unknown => _content.Value.Settings.Unknown;

    /// <exception cref="OptionsValidationException">A setting cannot be used.</exception>
    T IOptionsFactory<T>.Create(string name)
    {
        var (options, settings) = _content.Value;
        return settings.Failures.Any() ? throw new OptionsValidationException(Name, typeof(T), settings.Failures) : options;
    }
}
