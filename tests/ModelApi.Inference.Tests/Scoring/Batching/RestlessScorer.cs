using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;

namespace ModelApi.Inference.Tests.Scoring.Batching;

/// <summary>Scores at a speed that changes from call to call, fails at negative rows, and notes whatever a scorer must never see.</summary>
internal sealed class RestlessScorer(int seed, int slowest, int maxRows, int maxConcurrentCalls) : IScorer
{
    /// <summary>What a caller leaves in its memory when it has got it back.</summary>
    public const double Poison = 1e9;

    private readonly Random _random = new(seed);
    private int _running;
    private int _isDisposed;
    private string? _fault;

    public string Engine => "restless";

    /// <summary>The first thing that was wrong, or null.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public bool IsDisposed => Volatile.Read(ref _isDisposed) == 1;

    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        Require(Interlocked.Increment(ref _running) <= maxConcurrentCalls, "Too many calls at a time.");
        try
        {
            Require(!IsDisposed, "Scored after it was disposed of.");
            var ids = features.Numbers(0).ToArray();
            Require(ids.Length > 0 && !ids.Contains(Poison), "Rows of a caller who has left were scored.");
            Require(ids.Length <= maxRows || IsOneCaller(ids), "A joined call has too many rows.");
            Work(cancellationToken);
            Require(features.Numbers(0).SequenceEqual(ids), "Rows changed while they were scored.");
            foreach (var id in ids.Where(id => id < 0))
            {
                throw new BadRowException(id);
            }

            predictions.Resize(ids.Length);
            for (var row = 0; row < ids.Length; row++)
            {
                predictions.Values[row] = Identified.AnswerTo(ids[row]);
            }

            Require(!IsDisposed, "Disposed of during a call.");
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public void Dispose() =>
        Require(Interlocked.Exchange(ref _isDisposed, 1) == 0 && Volatile.Read(ref _running) == 0, "Disposed of twice or during a call.");

    // The ids of one caller have its number in the thousands: see BatcherScenario.
    private static bool IsOneCaller(double[] ids) => ids.Select(id => (int)Math.Abs(id) / 1000).Distinct().Count() == 1;

    private void Work(CancellationToken cancellationToken)
    {
        int turns;
        lock (_random)
        {
            turns = _random.Next(slowest + 1);
        }

        for (var i = 0; i < turns; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Thread.SpinWait(20);
            if (i % 16 == 15)
            {
                Thread.Yield();
            }
        }
    }

    private void Require(bool holds, string fault)
    {
        if (!holds)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
        }
    }
}
