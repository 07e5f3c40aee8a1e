using System.Text.Json;
using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class RolloutSettingsTests
{
    [Fact]
    public void A_shadow_needs_a_version_and_a_mode()
    {
        var settings = Read("""{"version":"2","mode":"shadow"}""");

        Assert.Equal(new RolloutSettings { Version = "2", Mode = RolloutMode.Shadow }, settings);
        Assert.Equal((1000, 1.0, 0.0), (settings.MinimumRows, settings.Sample, settings.Percent));
    }

    [Fact]
    public void A_canary_takes_every_setting()
    {
        var settings = Read("""
            {"version":"2","mode":"canary","percent":12.5,"key":"header:X-Client","sample":0.5,"maxErrorRate":0,"maxLabelDifference":0.02,
             "maxLatencyRatio":1.5,"minimumRows":250,"promoteAfter":"36:00:00"}
            """);

        Assert.Equal(
            new RolloutSettings
            {
                Version = "2",
                Mode = RolloutMode.Canary,
                Percent = 12.5,
                Key = "header:X-Client",
                Sample = 0.5,
                MaxErrorRate = 0,
                MaxLabelDifference = 0.02,
                MaxLatencyRatio = 1.5,
                MinimumRows = 250,
                PromoteAfter = new(null, TimeSpan.FromHours(36)),
            },
            settings);
    }

    [Theory]
    [InlineData("500", 500L, null)]
    [InlineData("\"00:10:00\"", null, "00:10:00")]
    [InlineData("\"7.12:00:00\"", null, "7.12:00:00")]
    [InlineData("\"168:00:00\"", null, "7.00:00:00")]
    public void Promotion_comes_after_rows_or_a_time(string json, long? rows, string? time)
    {
        var settings = Read($$"""{"version":"2","mode":"shadow","maxErrorRate":0.1,"promoteAfter":{{json}}}""");

        Assert.Equal(new PromoteAfter(rows, time is null ? null : TimeSpan.Parse(time, null)), settings.PromoteAfter);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Fail("""
            {"versoin":"2","mode":"blue","percent":0,"key":"cookie","sample":2,"maxErrorRate":-0.1,"maxLabelDifference":"0.1",
             "maxLatencyRatio":0,"minimumRows":1.5,"promoteAfter":"soon","colour":[1]}
            """);

        Assert.Equal(
            [
                "/colour: Unknown setting. The settings are version, mode, percent, key, sample, maxErrorRate, maxLabelDifference, "
                    + "maxLatencyRatio, minimumRows, promoteAfter.",
                "/key: Must be \"caller\", \"header:NAME\" or \"feature:NAME\", not \"cookie\".",
                "/maxErrorRate: Must be a number from 0 to 1, not -0.1.",
                "/maxLabelDifference: Must be a number from 0 to 1, not \"0.1\".",
                "/maxLatencyRatio: Must be a number from 0.01 to 1000, not 0.",
                "/minimumRows: Must be a whole number from 1 to 1000000000, not 1.5.",
                "/mode: Must be \"shadow\" or \"canary\", not \"blue\".",
                "/percent: Must be a number above 0 and at most 100, not 0.",
                "/promoteAfter: Must be rows as a whole number, or a time as hours:minutes:seconds such as \"24:00:00\", from a second to "
                    + "365 days; not \"soon\".",
                "/sample: Must be a number above 0 and at most 1, not 2.",
                "/version: Missing: name the version that is to prove itself, such as \"2\".",
                "/versoin: Unknown setting; did you mean 'version'?",
            ],
            faults.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[]", ": Send an object")]
    [InlineData("""{"version":2,"mode":"shadow"}""", "/version: Must be a text such as \"2\", not 2.")]
    [InlineData("""{"version":"2","mode":"shadow","percent":5}""", "/percent: A shadow answers no calls")]
    [InlineData("""{"version":"2","mode":"shadow","key":"caller"}""", "/key: A shadow answers no calls")]
    [InlineData("""{"version":"2","mode":"canary"}""", "/percent: Missing")]
    [InlineData("""{"version":"2","mode":"canary","percent":5,"key":"header:X Client"}""", "/key: Must be")]
    [InlineData("""{"version":"2","mode":"shadow","promoteAfter":10}""", "/promoteAfter: Needs a limit that must hold")]
    [InlineData("""{"version":"2","mode":"shadow","maxErrorRate":0,"promoteAfter":"0:00:00"}""", "/promoteAfter: Must be")]
    [InlineData("""{"version":"2","mode":"shadow","maxErrorRate":0,"promoteAfter":"5"}""", "/promoteAfter: Must be")]
    [InlineData("""{"version":"2","mode":"shadow","maxErrorRate":1e999}""", "/maxErrorRate: Must be")]
    public void A_fault_says_what_to_send_instead(string json, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Fail(json)), StringComparison.Ordinal);

    [Fact]
    public void The_store_gives_back_what_it_got()
    {
        var settings = Read("""{"version":"2","mode":"canary","percent":10,"maxErrorRate":0.01,"promoteAfter":"48:00:00"}""") with
        {
            Id = "a1",
            Started = new DateTimeOffset(2027, 1, 31, 12, 0, 0, TimeSpan.Zero),
        };

        Assert.Equal(settings, RolloutSettings.OfJson(settings.ToJson()));
    }

    private static RolloutSettings Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var settings = RolloutSettingsReader.Read(document.RootElement, out var faults);
        Assert.Empty(faults);
        return settings!;
    }

    private static IEnumerable<string> Fail(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Null(RolloutSettingsReader.Read(document.RootElement, out var faults));
        return faults.Select(fault => $"{fault.Pointer}: {fault.Message}");
    }
}
