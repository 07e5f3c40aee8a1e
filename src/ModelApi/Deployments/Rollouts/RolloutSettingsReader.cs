using System.Globalization;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Reads the settings of a rollout from JSON, and finds all of their faults at once.</summary>
internal sealed class RolloutSettingsReader
{
    private const double LeastRatio = 0.01;
    private const double MostRatio = 1000;
    private const int MostRows = 1_000_000_000;
    private const string AnyRows = "rows as a whole number, or a time as hours:minutes:seconds such as \"24:00:00\"";

    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(365);

    private static readonly string[] Names =
    [
        "version", "mode", "percent", "key", "sample", "maxErrorRate", "maxLabelDifference", "maxLatencyRatio", "minimumRows",
        "promoteAfter",
    ];

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly List<SettingFault> _faults = [];

    private RolloutSettingsReader(JsonElement body)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (!Names.Contains(member.Name, StringComparer.Ordinal))
            {
                Fail(Shorten(member.Name), NearestName.Find(member.Name, Names) is { } meant
                    ? $"Unknown setting; did you mean '{meant}'?"
                    : $"Unknown setting. The settings are {string.Join(", ", Names)}.");
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                _members[member.Name] = member.Value;
            }
        }
    }

    /// <param name="body">A JSON value without duplicate members.</param>
    /// <param name="faults">Everything that is wrong; empty when there are settings.</param>
    /// <returns>Null when there are faults.</returns>
    public static RolloutSettings? Read(JsonElement body, out IReadOnlyList<SettingFault> faults)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            faults = [new SettingFault("", "Send an object such as {\"version\":\"2\",\"mode\":\"shadow\"}.")];
            return null;
        }

        var reader = new RolloutSettingsReader(body);
        var settings = reader.Read();
        faults = reader._faults;
        return reader._faults.Count == 0 ? settings : null;
    }

    private RolloutSettings Read()
    {
        var version = Version();
        var mode = Mode();
        var settings = new RolloutSettings
        {
            Version = version,
            Mode = mode ?? RolloutMode.Shadow,
            Percent = Percent(mode),
            Key = Key(mode),
            Sample = Number("sample", 0, 1, isLeastAllowed: false) ?? 1,
            MaxErrorRate = Number("maxErrorRate", 0, 1),
            MaxLabelDifference = Number("maxLabelDifference", 0, 1),
            MaxLatencyRatio = Number("maxLatencyRatio", LeastRatio, MostRatio),
            MinimumRows = Whole("minimumRows", 1, MostRows) ?? RolloutSettings.DefaultMinimumRows,
            PromoteAfter = ReadPromoteAfter(),
        };
        var hasLimit = _members.ContainsKey("maxErrorRate") || _members.ContainsKey("maxLabelDifference")
            || _members.ContainsKey("maxLatencyRatio");
        if (_members.ContainsKey("promoteAfter") && !hasLimit)
        {
            Fail("promoteAfter", "Needs a limit that must hold: set maxErrorRate, maxLabelDifference or maxLatencyRatio.");
        }

        return settings;
    }

    private string Version()
    {
        if (!_members.TryGetValue("version", out var value))
        {
            Fail("version", "Missing: name the version that is to prove itself, such as \"2\".");
        }
        else if (value.ValueKind != JsonValueKind.String || value.GetString()!.Length == 0)
        {
            Fail("version", $"Must be a text such as \"2\", not {Describe(value)}.");
        }
        else
        {
            return value.GetString()!;
        }

        return "";
    }

    private RolloutMode? Mode()
    {
        if (!_members.TryGetValue("mode", out var value))
        {
            Fail("mode", "Missing: \"shadow\" gets copies of the rows and answers nobody, \"canary\" answers a share of the calls.");
            return null;
        }

        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case "shadow":
                return RolloutMode.Shadow;
            case "canary":
                return RolloutMode.Canary;
            default:
                Fail("mode", $"Must be \"shadow\" or \"canary\", not {Describe(value)}.");
                return null;
        }
    }

    private double Percent(RolloutMode? mode)
    {
        switch (mode, _members.ContainsKey("percent"))
        {
            case (RolloutMode.Shadow, true):
                Fail("percent", "A shadow answers no calls: leave it out. 'sample' says which share of the calls is compared.");
                return 0;
            case (RolloutMode.Canary, false):
                Fail("percent", "Missing: a canary needs the share of calls that it answers, above 0 and at most 100.");
                return 0;
            default:
                return Number("percent", 0, 100, isLeastAllowed: false) ?? 0;
        }
    }

    private string Key(RolloutMode? mode)
    {
        if (!_members.TryGetValue("key", out var value))
        {
            return RolloutKey.CallerText;
        }

        if (mode == RolloutMode.Shadow)
        {
            Fail("key", "A shadow answers no calls: leave it out.");
        }
        else if (value.ValueKind != JsonValueKind.String || RolloutKey.TryParse(value.GetString()!) is null)
        {
            Fail("key", $"Must be \"caller\", \"header:NAME\" or \"feature:NAME\", not {Describe(value)}.");
        }
        else
        {
            return value.GetString()!;
        }

        return RolloutKey.CallerText;
    }

    private PromoteAfter? ReadPromoteAfter()
    {
        if (!_members.TryGetValue("promoteAfter", out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return Whole("promoteAfter", 1, MostRows) is { } rows ? new PromoteAfter(rows, null) : null;
        }

        if (value.ValueKind == JsonValueKind.String && PromoteAfterConverter.TryParse(value.GetString(), out var time)
            && time >= LeastTime && time <= MostTime)
        {
            return new PromoteAfter(null, time);
        }

        Fail("promoteAfter", $"Must be {AnyRows}, from a second to 365 days; not {Describe(value)}.");
        return null;
    }

    private int? Whole(string name, int least, int most)
    {
        if (!_members.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == Math.Floor(number)
            && number >= least && number <= most)
        {
            return (int)number;
        }

        Fail(name, string.Create(CultureInfo.InvariantCulture, $"Must be a whole number from {least} to {most}, not {Describe(value)}."));
        return null;
    }

    private double? Number(string name, double least, double most, bool isLeastAllowed = true)
    {
        if (!_members.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && (isLeastAllowed ? number >= least : number > least) && number <= most)
        {
            return number;
        }

        var range = isLeastAllowed ? $"from {least.ToString(CultureInfo.InvariantCulture)} to" : "above 0 and at most";
        Fail(name, string.Create(CultureInfo.InvariantCulture, $"Must be a number {range} {most}, not {Describe(value)}."));
        return null;
    }

    private void Fail(string name, string message) =>
        _faults.Add(new SettingFault(JsonPointer.ToMember(name), message));

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Shorten(value.GetRawText()),
    };

    private static string Shorten(string text) => text.Length <= 100 ? text : $"{text.AsSpan(0, 100)}…";
}
