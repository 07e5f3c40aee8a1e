using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks.Load;

/// <summary>An open loop: requests leave when they are due, whatever became of those before.</summary>
internal sealed class Offer(EndPoint server, ReadOnlyMemory<byte> request, int connections) : IDisposable
{
    private readonly ConcurrentBag<HttpExchange> _idle = [];
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly List<double> _lateness = [];
    private int _open;
    private int _pending;
    private int _unsent;
    private int _mostPending;
    private TimeSpan _elapsed;
    private volatile string? _fault;

    /// <summary>Sends for that long, then waits for the answers that are due.</summary>
    public void Run(double rate, TimeSpan duration, TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        var total = (int)(rate * duration.TotalSeconds);
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate);
            while (Stopwatch.GetElapsedTime(start) is var now && now < due)
            {
                // Not spinning: the cores are the server's.
                Thread.Sleep(due - now > TimeSpan.FromMilliseconds(1) ? due - now : TimeSpan.FromMilliseconds(1));
            }

            _lateness.Add((Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds);
            Send(start, due);
        }

        _elapsed = Stopwatch.GetElapsedTime(start);
        var isDone = SpinWait.SpinUntil(() => Volatile.Read(ref _pending) == 0 || _fault is not null, patience);
        if (_fault is not null)
        {
            throw new MeasuringException(_fault);
        }

        if (!isDone)
        {
            Console.Error.WriteLine($"offer: {_pending} requests were not answered within {patience.TotalSeconds} s.");
        }
    }

    /// <summary>What came of it: counts by answer, rates over the time of sending, and latencies in ms.</summary>
    public string Summary()
    {
        var answers = _answers.ToArray();
        var good = answers.Where(answer => answer.Status == 200).ToArray();
        var refused = answers.Where(answer => answer.Status == 503).ToArray();

        // Answers that come after the last request left belong to no second of the offer.
        var inTime = good.Count(answer => answer.At <= _elapsed);
        return string.Join(' ',
            Text($"offered={_lateness.Count / _elapsed.TotalSeconds:0}"),
            Text($"good={inTime / _elapsed.TotalSeconds:0.0}"),
            Text($"refused={refused.Length / _elapsed.TotalSeconds:0.0}"),
            Text($"failed={answers.Length - good.Length - refused.Length + _pending}"),
            Text($"unsent={_unsent}"),
            Text($"good_p50={Percentile(good, 0.5):0.0}"),
            Text($"good_p99={Percentile(good, 0.99):0.0}"),
            Text($"refused_p50={Percentile(refused, 0.5):0.0}"),
            Text($"refused_p99={Percentile(refused, 0.99):0.0}"),
            Text($"late_p50={Percentile(_lateness, 0.5):0.0}"),
            Text($"late_p99={Percentile(_lateness, 0.99):0.0}"),
            Text($"most_pending={_mostPending}"));
    }

    public void Dispose()
    {
        foreach (var connection in _idle)
        {
            connection.Dispose();
        }
    }

    private void Send(long start, TimeSpan due)
    {
        if (!_idle.TryTake(out var connection))
        {
            if (_open == connections)
            {
                _unsent++;
                return;
            }

            _open++;
            connection = new HttpExchange(server);
        }

        _mostPending = Math.Max(_mostPending, Interlocked.Increment(ref _pending));
        _ = SendAsync(connection, start, due);
    }

    private async Task SendAsync(HttpExchange connection, long start, TimeSpan due)
    {
        int status;
        try
        {
            status = await connection.SendAsync(request).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            _fault ??= exception.Message;
            throw;
        }

        var at = Stopwatch.GetElapsedTime(start);
        _answers.Enqueue(new Answer(status, at, (at - due).TotalMilliseconds));
        _idle.Add(connection);
        Interlocked.Decrement(ref _pending);
    }

    private static double Percentile(IEnumerable<Answer> answers, double share) =>
        Percentile([.. answers.Select(answer => answer.Milliseconds)], share);

    private static double Percentile(List<double> values, double share)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[(int)((values.Count - 1) * share)];
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private readonly record struct Answer(int Status, TimeSpan At, double Milliseconds);
}
