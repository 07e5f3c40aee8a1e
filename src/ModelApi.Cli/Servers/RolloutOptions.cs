using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>The options of a rollout: how the version proves itself, and the limits that it must hold.</summary>
internal sealed class RolloutOptions
{
    private const int DefaultMinimumRows = 1000;
    private const double DefaultErrorRate = 0.01;

    private readonly Option<double?> _canary = new("--canary")
    {
        Description = "The version answers this share of the calls, in percent, and is compared with the one in production.",
    };

    private readonly Option<bool> _shadow = new("--shadow")
    {
        Description = "The version gets copies of production's rows and answers nobody.",
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = "What keeps a caller with one version: caller (the default), header:NAME or feature:NAME.",
    };

    private readonly Option<double?> _sample = new("--sample") { Description = "The share of the calls that is compared, in 0..1." };

    private readonly Option<double?> _errorRate = new("--max-error-rate")
    {
        Description = "Withdraws the version when more of its rows fail, as a share in 0..1.",
    };

    private readonly Option<double?> _labelDifference = new("--max-label-difference")
    {
        Description = "Withdraws the version when the labels of more rows differ, as a share in 0..1.",
    };

    private readonly Option<double?> _latencyRatio = new("--max-latency-ratio")
    {
        Description = "Withdraws the version when its median time is more times that of production.",
    };

    private readonly Option<int?> _minimumRows = new("--minimum-rows")
    {
        Description = $"How many rows are compared at least. Default: {DefaultMinimumRows}.",
    };

    private readonly Option<string?> _promoteAfter = new("--promote-after")
    {
        Description = "Promotes the version when the limits held for so many rows, or for a time such as 24:00:00.",
    };

    public RolloutOptions()
    {
        AddRange(_canary, 0, 100);
        AddRange(_sample, 0, 1);
        AddRange(_errorRate, 0, 1);
        AddRange(_labelDifference, 0, 1);
        AddRange(_latencyRatio, 0, double.MaxValue);
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The settings that the server takes; null where neither a canary nor a shadow is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="version">The version that proves itself.</param>
    /// <param name="promotes">
    /// Whether it is to be promoted when it has proved itself: then limits and their end have defaults.
    /// </param>
    /// <exception cref="UsageException">Options exclude each other.</exception>
    public JsonObject? Read(ParseResult parsed, string version, bool promotes)
    {
        var canary = parsed.GetValue(_canary);
        var isShadow = parsed.GetValue(_shadow);
        if (canary is not null && isShadow)
        {
            throw new UsageException("A rollout is either --canary or --shadow.");
        }

        if (canary is null && !isShadow)
        {
            var needless = All.FirstOrDefault(option => option != _shadow && parsed.GetResult(option) is { Implicit: false });
            return needless is null
                ? null
                : throw new UsageException($"{needless.Name} belongs to a rollout: add --canary PERCENT or --shadow.");
        }

        var settings = new JsonObject { ["version"] = version, ["mode"] = isShadow ? "shadow" : "canary" };
        Add("percent", canary);
        Add("key", parsed.GetValue(_key));
        Add("sample", parsed.GetValue(_sample));
        Add("maxErrorRate", parsed.GetValue(_errorRate));
        Add("maxLabelDifference", parsed.GetValue(_labelDifference));
        Add("maxLatencyRatio", parsed.GetValue(_latencyRatio));
        Add("minimumRows", parsed.GetValue(_minimumRows));
        Add("promoteAfter", PromoteAfter(parsed.GetValue(_promoteAfter)));
        if (promotes)
        {
            if (!settings.ContainsKey("maxErrorRate") && !settings.ContainsKey("maxLabelDifference")
                && !settings.ContainsKey("maxLatencyRatio"))
            {
                settings["maxErrorRate"] = DefaultErrorRate;
            }

            settings.TryAdd("minimumRows", DefaultMinimumRows);
            settings.TryAdd("promoteAfter", settings["minimumRows"]!.DeepClone());
        }

        return settings;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                settings[name] = value;
            }
        }
    }

    private Option[] All =>
        [_canary, _shadow, _key, _sample, _errorRate, _labelDifference, _latencyRatio, _minimumRows, _promoteAfter];

    private static JsonNode? PromoteAfter(string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows
        : text;

    private static void AddRange(Option<double?> option, double least, double most) => option.Validators.Add(result =>
    {
        var token = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (double.TryParse(token, CultureInfo.InvariantCulture, out var number) && !(number >= least && number <= most))
        {
            result.AddError(most == double.MaxValue
                ? $"{option.Name} {token}: must not be negative."
                : string.Create(CultureInfo.InvariantCulture, $"{option.Name} {token}: must be from {least} to {most}."));
        }
    });
}
