using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Batching;

namespace ModelApi.Inference.Tests.Scoring.Batching;

/// <summary>Callers who come at random moments to a batcher with random settings, drawn from a seed.</summary>
internal sealed class BatcherScenario
{
    private readonly Caller[] _callers;
    private readonly BatchingPolicy _policy;
    private readonly RestlessScorer _scorer;
    private readonly Lock _faultGate = new();
    private string? _fault;

    public BatcherScenario(int seed)
    {
        var random = new Random(seed);
        var maxRows = random.Next(1, 9);
        _policy = new BatchingPolicy
        {
            MaxRows = maxRows,
            MaxConcurrentCalls = random.Next(1, 4),
            MaxQueuedRows = random.Next(3) == 0 ? maxRows + random.Next(6) : 10_000,
            MaxQueueTime = TimeSpan.FromHours(1),
            MaxDelay = TimeSpan.FromMilliseconds(random.Next(8) == 0 ? 1 : 0),
        };
        _scorer = new RestlessScorer(seed, slowest: random.Next(2) == 0 ? 5 : 200, maxRows, _policy.MaxConcurrentCalls);
        var badness = random.Next(4);
        var restlessness = random.Next(4);
        _callers =
        [
            .. Enumerable.Range(1, random.Next(1, 40)).Select(number => Caller.Draw(number, random, maxRows, badness, restlessness)),
        ];
    }

    /// <returns>What was wrong, or null.</returns>
    public async Task<string?> RunAsync()
    {
        var batcher = new AdaptiveBatcher(_scorer, Identified.Signature, _policy);
        await Task.WhenAll(_callers.Select(caller => Task.Run(() => CallAsync(batcher, caller))));
        Require(batcher.QueuedRows == 0, "Rows are left in the queue.");
        batcher.Dispose();

        // A joined call that everybody has left may still be running.
        Require(SpinWait.SpinUntil(() => _scorer.IsDisposed, TimeSpan.FromSeconds(60)), "The scorer was not disposed of.");

        // What a caller gets back stays as the caller left it.
        foreach (var caller in _callers)
        {
            Require(caller.IsUntouched, $"The memory of caller {caller.Number} was written to after its call.");
        }

        return _fault ?? _scorer.Fault;
    }

    private async Task CallAsync(AdaptiveBatcher batcher, Caller caller)
    {
        Pause(caller.ComesAfter);
        using var cancellation = new CancellationTokenSource();
        var cancelling = caller.LeavesAfter is { } pause ? Task.Run(() => PauseAndCancel(pause, cancellation)) : Task.CompletedTask;
        try
        {
            await batcher.ScoreAsync(caller.Features, caller.Predictions, cancellation.Token);
            Require(caller.BadId is null, $"Caller {caller.Number} got answers to a bad row.");
            Require(
                caller.Predictions.Values.ToArray().SequenceEqual(Identified.AnswersTo(caller.Ids)),
                $"Caller {caller.Number} got the answers of others, or in another order.");
        }
        catch (BadRowException exception)
        {
            Require(exception.Id == caller.BadId, $"Caller {caller.Number} was told of row {exception.Id}.");
        }
        catch (OperationCanceledException)
        {
            Require(cancellation.IsCancellationRequested, $"Caller {caller.Number} was cancelled without having asked.");
        }
        catch (ScoringQueueFullException)
        {
            Require(
                _callers.Sum(other => other.Ids.Length) > _policy.MaxQueuedRows,
                $"Caller {caller.Number} was refused though all rows fit.");
        }
        finally
        {
            caller.TakeMemoryBack();
        }

        await cancelling;
    }

    private static void PauseAndCancel(int pause, CancellationTokenSource cancellation)
    {
        Pause(pause);
        cancellation.Cancel();
    }

    private static void Pause(int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            Thread.SpinWait(30);
            if (i % 8 == 7)
            {
                Thread.Yield();
            }
        }
    }

    private void Require(bool holds, string fault)
    {
        if (!holds)
        {
            lock (_faultGate)
            {
                _fault ??= fault;
            }
        }
    }

    private sealed class Caller(int number, int[] ids)
    {
        public int Number => number;

        public int[] Ids => ids;

        public int? BadId { get; } = ids.Where(id => id < 0).Select(id => (int?)id).FirstOrDefault();

        public int ComesAfter { get; private init; }

        public int? LeavesAfter { get; private init; }

        public FeatureBatch Features { get; } = Identified.Rows(ids);

        public PredictionBatch Predictions { get; } = new(Identified.Signature);

        public bool IsUntouched =>
            Predictions.Values.ToArray().All(value => value == (float)RestlessScorer.Poison) && Predictions.Rows == ids.Length;

        public static Caller Draw(int number, Random random, int maxRows, int badness, int restlessness)
        {
            var rows = random.Next(4) > 0 ? 1 : random.Next(1, maxRows + 3);
            var ids = Enumerable.Range(0, rows).Select(row => (number * 1000) + row).ToArray();
            if (random.Next(10) < badness)
            {
                ids[random.Next(rows)] *= -1;
            }

            return new Caller(number, ids)
            {
                ComesAfter = random.Next(3) == 0 ? 0 : random.Next(200),
                LeavesAfter = random.Next(8) < restlessness ? random.Next(150) : null,
            };
        }

        public void TakeMemoryBack()
        {
            for (var row = 0; row < ids.Length; row++)
            {
                Features.SetNumber(row, 0, RestlessScorer.Poison);
            }

            Predictions.Resize(ids.Length);
            Predictions.Values.Fill((float)RestlessScorer.Poison);
        }
    }
}
