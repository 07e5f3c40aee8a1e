using System.Globalization;

namespace ModelApi.Benchmarks.Measuring;

/// <summary>The arguments of a command: <c>--name value</c>, or <c>--name</c> alone where it is a switch.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Options(ReadOnlySpan<string> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new MeasuringException($"'{arguments[i]}' was not expected; arguments are --name value.");
            }

            var hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[arguments[i][2..]] = hasValue ? arguments[++i] : "";
        }
    }

    /// <summary>Whether a switch was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A value that was given, or null.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>A value that must be given.</summary>
    public string Text(string name) => Find(name) ?? throw new MeasuringException($"--{name} is missing.");

    /// <summary>A number, or what it is when it is not given.</summary>
    public double Number(string name, double otherwise) =>
        Find(name) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
        : throw new MeasuringException($"--{name} must be a number, not '{text}'.");
}
