using ModelApi.Benchmarks.Models;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Engines;

/// <summary>Scores half of the rows on the caller's thread and half on another, as two requests would.</summary>
internal sealed class TwoThreads : IDisposable
{
    private readonly IScorer _scorer;
    private readonly RawRows _rows;
    private readonly FeatureBatch[] _features;
    private readonly PredictionBatch[] _predictions;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _other;
    private volatile bool _isOver;

    public TwoThreads(IScorer scorer, RawRows rows, Signature signature)
    {
        _scorer = scorer;
        _rows = rows;
        _features = [new FeatureBatch(signature, rows.Count), new FeatureBatch(signature, rows.Count)];
        _predictions = [new PredictionBatch(signature), new PredictionBatch(signature)];
        _other = new Thread(RunOther) { IsBackground = true };
        _other.Start();
    }

    public void Run()
    {
        _start.Release();
        Score(0);
        _done.Wait();
    }

    public void Dispose()
    {
        _isOver = true;
        _start.Release();
        _other.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void RunOther()
    {
        for (_start.Wait(); !_isOver; _start.Wait())
        {
            Score(1);
            _done.Release();
        }
    }

    private void Score(int half)
    {
        var middle = _rows.Count / 2;
        _rows.Fill(_features[half], half * middle, half == 0 ? middle : _rows.Count - middle);
        _scorer.Score(_features[half], _predictions[half], CancellationToken.None);
    }
}
