using FsCheck;
using FsCheck.Fluent;

namespace ModelApi.Inference.Tests.Scoring.Batching;

public sealed class AdaptiveBatcherPropertyTests
{
    /// <summary>
    /// Every caller gets its own answers in its own order, its own exception, or what it asked for by leaving; memory that was given
    /// back is left alone; no call is too large, and not too many run at a time.
    /// </summary>
    /// <remarks>A failure prints the seed of the scenario; the threads' own timing is not part of it, so try it several times.</remarks>
    [Fact]
    public void Whatever_callers_do_nobody_gets_what_belongs_to_others()
    {
        var scenarios = Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            (new BatcherScenario(seed).RunAsync().GetAwaiter().GetResult() is var fault && fault is null).Label($"Seed {seed}: {fault}"));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), scenarios);
    }
}
