using System.CommandLine;
using System.Globalization;

namespace ModelApi.Cli.Servers;

/// <summary>Options that several commands have in common.</summary>
internal static class ChangeOptions
{
    private const double DefaultTimeoutSeconds = 1800;

    public static Argument<string> Model() => new("model") { Description = "The model's name." };

    public static Option<long?> IfMatch() => new("--if-match")
    {
        Description = "The revision that the model must have, as list --json shows it. The change is refused when somebody was faster.",
    };

    public static Option<bool> Force() => new("--force") { Description = "Promotes the version even if clients may break." };

    public static Option<double> TimeoutSeconds()
    {
        var option = new Option<double>("--timeout")
        {
            Description = "How many seconds to wait at most.",
            DefaultValueFactory = _ => DefaultTimeoutSeconds,
        };
        option.Validators.Add(result =>
        {
            var token = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (double.TryParse(token, CultureInfo.InvariantCulture, out var seconds) && seconds is not (>= 0 and <= 31_536_000))
            {
                result.AddError($"--timeout {token}: must be from 0 to 31536000 seconds.");
            }
        });
        return option;
    }

    public static TimeSpan Timeout(this ParseResult parsed, Option<double> option) => TimeSpan.FromSeconds(parsed.GetValue(option));
}
