using System.Globalization;

namespace ModelApi.Configuration;

/// <summary>Reads one section of the configuration, and collects the values that cannot be used and the names that nothing reads.</summary>
/// <remarks>
/// The framework's binder names .NET types in place of allowed values, ignores unknown names, and drops a list item that it cannot read.
/// </remarks>
internal sealed class SettingsReader
{
    private static readonly string[] DateFormats =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"];

    private readonly IConfigurationSection _section;
    private readonly Dictionary<string, IConfigurationSection> _children;
    private readonly List<string> _names = [];
    private readonly List<SettingsReader> _nested = [];
    private readonly List<string> _failures = [];

    public SettingsReader(IConfigurationSection section)
    {
        _section = section;
        _children = section.GetChildren().ToDictionary(child => child.Key, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Why values cannot be used, each with the name of its setting.</summary>
    public IEnumerable<string> Failures => _failures.Concat(_nested.SelectMany(nested => nested.Failures));

    /// <summary>The whole names of all settings that were asked for.</summary>
    public IEnumerable<string> Names => _names.Select(PathOf).Concat(_nested.SelectMany(nested => nested.Names));

    /// <summary>Settings that are configured but were not asked for.</summary>
    public IEnumerable<UnknownSetting> Unknown => _children.Keys
        .Where(key => !_names.Contains(key, StringComparer.OrdinalIgnoreCase))
        .Select(key => new UnknownSetting(PathOf(key), key, _names))
        .Concat(_nested.SelectMany(nested => nested.Unknown));

    public string PathOf(string name) => ConfigurationPath.Combine(_section.Path, name);

    public void Fail(string name, string reason) => Fail($"{PathOf(name)}{reason}");

    public void Fail(string message) => _failures.Add(message);

    public string? Text(string name)
    {
        if (Find(name) is not { } setting)
        {
            return null;
        }

        if (setting.Value is null && setting.GetChildren().Any())
        {
            Fail(name, " takes one value, and no settings below it.");
        }

        return setting.Value;
    }

    /// <summary>Reads a text that must not be empty.</summary>
    public string Required(string name, string fallback)
    {
        var text = Text(name) ?? fallback;
        if (string.IsNullOrWhiteSpace(text))
        {
            Fail(name, " is missing.");
        }

        return text;
    }

    /// <summary>Reads a whole number in a range that includes both ends.</summary>
    public long? Whole(string name, long least, long most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        Fail(name, $": '{text}' is not a whole number from {least} to {most}.");
        return null;
    }

    /// <summary>Reads a whole number in a range that includes both ends.</summary>
    public int? Whole(string name, int least, int most) => (int?)Whole(name, (long)least, most);

    /// <summary>Reads a number in a range that includes both ends.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Fail(name, string.Create(CultureInfo.InvariantCulture, $": '{text}' is not a number from {least} to {most}."));
        return null;
    }

    public bool? Flag(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        Fail(name, $": '{text}' is neither true nor false.");
        return null;
    }

    /// <summary>Reads one of an enumeration's names, in any case.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var choices = Enum.GetNames<T>();
        var index = Array.FindIndex(choices, choice => string.Equals(choice, text, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            return Enum.Parse<T>(choices[index]);
        }

        Fail(name, $": '{text}' is not one of {string.Join(", ", choices.Select(choice => choice.ToLowerInvariant()))}.");
        return null;
    }

    /// <summary>Reads a date or a time (ISO 8601), in UTC where it names no offset.</summary>
    public DateTimeOffset? Date(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value))
        {
            return value;
        }

        Fail(name, $": '{text}' is not a date; write it like 2027-01-31T00:00:00Z.");
        return null;
    }

    /// <summary>Reads a time span in a range that includes both ends.</summary>
    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Fail(name, $": '{text}' is not a time from {least:c} to {most:c} (hours:minutes:seconds).");
        return null;
    }

    public IReadOnlyList<string> Texts(string name) =>
        [.. Items(name).Select(item => item.Value ?? "")];

    /// <summary>Reads the settings below a name.</summary>
    public T Section<T>(string name, Func<SettingsReader, T> read)
    {
        Know(name);
        var nested = new SettingsReader(_section.GetSection(name));
        _nested.Add(nested);
        var value = read(nested);
        if (!string.IsNullOrEmpty(nested._section.Value))
        {
            var settings = string.Join(", ", nested._names.Select(nested.PathOf));
            nested.Fail($"{nested._section.Path} takes no value of its own; set {settings}.");
        }

        return value;
    }

    /// <summary>Reads a list whose items have settings of their own: <c>ApiKeys:0:User</c>.</summary>
    public IReadOnlyList<T> List<T>(string name, Func<SettingsReader, T> read)
    {
        var items = Items(name).ToList();
        return items.Count == 0 ? [] : Section(name, list => items.Select(item => list.Section(item.Key, read)).ToArray());
    }

    private void Know(string name)
    {
        if (!_names.Contains(name))
        {
            _names.Add(name);
        }
    }

    private IConfigurationSection? Find(string name)
    {
        Know(name);
        return _children.GetValueOrDefault(name);
    }

    private IEnumerable<IConfigurationSection> Items(string name)
    {
        if (Find(name) is not { } list)
        {
            return [];
        }

        if (!string.IsNullOrEmpty(list.Value))
        {
            Fail(name, $" takes a list; set {PathOf(name)}:0.");
        }

        return list.GetChildren();
    }
}
