using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;

namespace ModelApi.Inference.Tests.Scoring.Batching;

public sealed class BatchingDecisionTests
{
    [Theory]
    [InlineData(200, 50, true)]
    [InlineData(60, 40, true)]
    [InlineData(30, 11, false)] // saves less than handing over costs
    [InlineData(1000, 900, false)] // saves too little of what it costs
    [InlineData(50, 80, false)]
    public void Rows_are_joined_where_enough_is_saved(double alone, double joined, bool isOn)
    {
        var decision = BatchingDecision.Of(new BatchingPolicy(), new BatchingTrial(16, alone, joined));

        Assert.Equal(isOn, decision.Policy is not null);
        Assert.Contains($"{alone:0} µs alone and {joined:0} µs among 16", decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BatchingMode.On, false, true)]
    [InlineData(BatchingMode.Off, true, false)]
    [InlineData(BatchingMode.Auto, false, false)]
    public void What_needs_no_timing_is_not_timed(BatchingMode mode, bool gains, bool isOn)
    {
        using var scorer = new SilentScorer(gains);

        var decision = BatchingDecision.Of(new BatchingPolicy { Mode = mode }, scorer, () => throw new InvalidOperationException("Timed."));

        Assert.Equal(isOn, decision.Policy is not null);
    }

    [Fact]
    public void A_trial_scores_the_rows_alone_and_together()
    {
        using var scorer = new SilentScorer(gains: true);

        var trial = BatchingTrial.Measure(scorer, Identified.Rows(1, 2, 3), maxRows: 5);

        Assert.Equal(5, trial.Rows);
        Assert.Equal([[1], [2], [3], [1], [2], [1, 2, 3, 1, 2]], scorer.Calls.Take(6));
    }

    [Fact]
    public void A_manifest_goes_before_the_configuration_but_cannot_turn_on_what_is_off()
    {
        var policy = new BatchingPolicy { MaxRows = 16, MaxDelay = TimeSpan.FromMilliseconds(3), MaxQueuedRows = 100 };

        var changed = policy.With(new BatchingManifest { Mode = BatchingMode.On, MaxRows = 200, MaxDelayMilliseconds = 0.5 });
        var off = (policy with { Mode = BatchingMode.Off }).With(new BatchingManifest { Mode = BatchingMode.On });

        Assert.Equal(policy, policy.With(null));
        Assert.Equal(policy, policy.With(new BatchingManifest()));
        Assert.Equal(
            (BatchingMode.On, 200, 0.5, 200),
            (changed.Mode, changed.MaxRows, changed.MaxDelay.TotalMilliseconds, changed.MaxQueuedRows));
        Assert.Equal(BatchingMode.Off, off.Mode);
    }

    private sealed class SilentScorer(bool gains) : IScorer
    {
        public string Engine => "silent";

        public bool GainsFromBatching => gains;

        public List<int[]> Calls { get; } = [];

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
            Calls.Add([.. features.Numbers(0).ToArray().Select(id => (int)id)]);

        public void Dispose()
        {
        }
    }
}
