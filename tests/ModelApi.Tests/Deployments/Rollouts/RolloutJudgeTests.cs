using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class RolloutJudgeTests
{
    private static readonly RolloutSettings Shadow = new() { Version = "2", Mode = RolloutMode.Shadow, MinimumRows = 100 };

    [Fact]
    public void Without_limits_it_goes_on()
    {
        var statistics = Statistics(same: 0, differing: 5000, failed: 5000);

        Assert.Null(RolloutJudge.Decide(Shadow, statistics, TimeSpan.FromDays(300)));
    }

    [Theory]
    [InlineData(0.05, 5, null)]
    [InlineData(0.05, 6, "6 of at most 100 rows in a row got another label from version 2, which is more than maxLabelDifference 0.05 allows; "
        + "6 of all 10 rows did.")]
    [InlineData(0, 1, "1 of at most 100 rows in a row got another label")]
    [InlineData(0.29, 29, null)]
    public void A_version_is_withdrawn_once_the_limit_of_labels_cannot_hold_any_more(double limit, int differing, string? reason)
    {
        var statistics = Statistics(same: Math.Max(0, 10 - differing), differing, failed: 0);

        var verdict = RolloutJudge.Decide(Shadow with { MaxLabelDifference = limit }, statistics, TimeSpan.Zero);

        AssertWithdrawn(reason, verdict);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "2 of at most 100 rows in a row failed in version 2 alone, which is more than maxErrorRate 0.01 allows; 2 of all 10 rows did.")]
    public void A_version_is_withdrawn_once_the_limit_of_errors_cannot_hold_any_more(int failed, string? reason)
    {
        var statistics = Statistics(same: 10 - failed, differing: 0, failed);

        AssertWithdrawn(reason, RolloutJudge.Decide(Shadow with { MaxErrorRate = 0.01 }, statistics, TimeSpan.Zero));
    }

    [Fact]
    public void Rows_that_production_refuses_too_are_no_errors()
    {
        var statistics = Statistics(same: 10, differing: 0, failed: 0);
        statistics.AddFailed(50, inProduction: true, inCandidate: true);
        statistics.AddFailed(50, inProduction: true, inCandidate: false);

        Assert.Null(RolloutJudge.Decide(Shadow with { MaxErrorRate = 0 }, statistics, TimeSpan.Zero));
        Assert.Equal((60, 50, 50, 0), (statistics.Rows, statistics.RefusedByBoth, statistics.ProductionErrors, statistics.CandidateErrors));
    }

    [Fact]
    public void A_version_that_begins_to_fail_late_is_withdrawn_as_fast()
    {
        var settings = Shadow with { MaxErrorRate = 0.1 };
        var statistics = Statistics(same: 100_000, differing: 0, failed: 10);
        Assert.Null(RolloutJudge.Decide(settings, statistics, TimeSpan.Zero));

        statistics.AddFailed(1, inProduction: false, inCandidate: true);

        AssertWithdrawn("11 of at most 100 rows in a row failed", RolloutJudge.Decide(settings, statistics, TimeSpan.Zero));
    }

    [Fact]
    public void A_few_failures_in_each_block_are_within_the_limit_however_many_there_are()
    {
        var statistics = new RolloutStatistics(blockRows: 100);
        for (var row = 0; row < 10_000; row++)
        {
            if (row % 20 == 0)
            {
                statistics.AddFailed(1, inProduction: false, inCandidate: true);
            }
            else
            {
                statistics.AddRow(isLabelled: true, differs: false, 0);
            }
        }

        Assert.Equal(500, statistics.CandidateErrors);
        Assert.Null(RolloutJudge.Decide(Shadow with { MaxErrorRate = 0.05 }, statistics, TimeSpan.Zero));
        AssertWithdrawn("5 of at most", RolloutJudge.Decide(Shadow with { MaxErrorRate = 0.04 }, statistics, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(99, 3, null)]
    [InlineData(100, 1.9, null)]
    [InlineData(100, 3, "The median time of version 2 is 3.00 times that of production, more than maxLatencyRatio 2, over 100 calls.")]
    public void A_version_that_is_too_slow_is_withdrawn_after_the_minimum_of_rows(int rows, double ratio, string? reason)
    {
        var statistics = Statistics(rows, differing: 0, failed: 0);
        for (var call = 0; call < rows; call++)
        {
            // Some calls take much longer, as they do: a mean would not be the same.
            statistics.AddTimes(call % 10 == 0 ? 0.5 : 0.001, ratio * 0.001);
        }

        AssertWithdrawn(reason, RolloutJudge.Decide(Shadow with { MaxLatencyRatio = 2 }, statistics, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(500, 499, false)]
    [InlineData(500, 500, true)]
    [InlineData(10, 99, false)]
    [InlineData(10, 100, true)]
    public void A_version_is_promoted_after_its_rows_and_never_before_the_minimum(int after, int rows, bool isPromoted)
    {
        var settings = Shadow with { MaxLabelDifference = 0.1, PromoteAfter = new PromoteAfter(after, null) };

        var verdict = RolloutJudge.Decide(settings, Statistics(rows, differing: 0, failed: 0), TimeSpan.Zero);

        Assert.Equal(isPromoted, verdict is { IsPromotion: true });
        Assert.Equal(isPromoted, verdict is not null);
    }

    [Theory]
    [InlineData(100, 59, false)]
    [InlineData(100, 60, true)]
    [InlineData(99, 60, false)]
    public void A_version_is_promoted_after_its_time_and_never_before_the_minimum(int rows, int minutes, bool isPromoted)
    {
        var settings = Shadow with { MaxErrorRate = 0.1, PromoteAfter = new PromoteAfter(null, TimeSpan.FromHours(1)) };

        var verdict = RolloutJudge.Decide(settings, Statistics(rows, differing: 0, failed: 0), TimeSpan.FromMinutes(minutes));

        Assert.Equal(isPromoted, verdict is { IsPromotion: true });
    }

    [Fact]
    public void A_limit_of_time_must_have_been_measured_before_a_promotion()
    {
        var settings = Shadow with { MaxLatencyRatio = 2, PromoteAfter = new PromoteAfter(100, null) };
        var statistics = Statistics(same: 1000, differing: 0, failed: 0);
        statistics.AddTimes(0.001, 0.001);
        Assert.Null(RolloutJudge.Decide(settings, statistics, TimeSpan.Zero));

        for (var call = 1; call < 30; call++)
        {
            statistics.AddTimes(0.001, 0.001);
        }

        Assert.True(RolloutJudge.Decide(settings, statistics, TimeSpan.Zero) is { IsPromotion: true });
    }

    [Fact]
    public void Statistics_go_on_after_a_restart_where_they_were()
    {
        var before = Statistics(same: 130, differing: 4, failed: 3);
        before.Confusion.Add("no", "yes");
        before.AddTimes(0.001, 0.002);

        var after = RolloutStatistics.Of(blockRows: 100, RolloutState.OfJson(before.ToState("a1").ToJson()));

        Assert.Equal(before.ToState("a1").ToJson(), after.ToState("a1").ToJson());
        for (var row = 0; row < 3; row++)
        {
            before.AddFailed(1, inProduction: false, inCandidate: true);
            after.AddFailed(1, inProduction: false, inCandidate: true);
        }

        // The block that the restart interrupted goes on too.
        Assert.Equal(6, before.WorstErrors);
        Assert.Equal(6, after.WorstErrors);
    }

    private static RolloutStatistics Statistics(int same, int differing, int failed)
    {
        var statistics = new RolloutStatistics(blockRows: 100);
        for (var row = 0; row < same + differing; row++)
        {
            statistics.AddRow(isLabelled: true, differs: row >= same, 0.25);
        }

        statistics.AddFailed(failed, inProduction: false, inCandidate: true);
        return statistics;
    }

    private static void AssertWithdrawn(string? reason, RolloutVerdict? verdict)
    {
        Assert.Equal(reason is null, verdict is null);
        if (reason is not null)
        {
            Assert.False(verdict!.IsPromotion);
            Assert.StartsWith(reason, verdict.Reason, StringComparison.Ordinal);
        }
    }
}
