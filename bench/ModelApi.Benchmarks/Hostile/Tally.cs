using System.Collections.Concurrent;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Counts requests by kind and outcome, and keeps the first faults of each kind.</summary>
internal sealed class Tally
{
    private const int KeptFaultsOfKind = 3;

    private static readonly string[] Columns = ["2xx", "3xx", "4xx", "overload", "deadline", "5xx", "unanswered"];

    private readonly ConcurrentDictionary<string, long[]> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, List<string>> _faults = new(StringComparer.Ordinal);
    private long _faultCount;

    /// <summary>Requests so far.</summary>
    public long Count => _kinds.Values.Sum(counts => counts.Sum());

    /// <summary>Requests that were not answered as they should be.</summary>
    public long Faults => Interlocked.Read(ref _faultCount);

    /// <summary>Answers of one column, over all kinds.</summary>
    public long Sum(string column) => _kinds.Values.Sum(counts => counts[Array.IndexOf(Columns, column)]);

    public void Add(string kind, WireAnswer answer, bool asksForDeadline)
    {
        var column = answer.Status switch
        {
            0 => "unanswered",
            < 300 => "2xx",
            < 400 => "3xx",
            // 505 is the client's fault, whatever its number: a version of HTTP that does not exist.
            < 500 or 505 => "4xx",
            503 when answer.IsOverload => "overload",
            504 when asksForDeadline => "deadline",
            _ => "5xx",
        };
        Interlocked.Increment(ref _kinds.GetOrAdd(kind, _ => new long[Columns.Length])[Array.IndexOf(Columns, column)]);
    }

    public void Fault(string kind, string what)
    {
        Interlocked.Increment(ref _faultCount);
        var kept = _faults.GetOrAdd(kind, _ => []);
        lock (kept)
        {
            if (kept.Count < KeptFaultsOfKind)
            {
                kept.Add(what);
            }
        }
    }

    public void Print(TextWriter output)
    {
        output.WriteLine(Line("kind", Columns));
        foreach (var (kind, counts) in _kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            output.WriteLine(Line(kind, counts));
        }

        output.WriteLine(Line("all", Columns.Select(Sum)));
        foreach (var (kind, faults) in _faults)
        {
            faults.ForEach(fault => output.WriteLine($"fault: {kind}: {fault}"));
        }
    }

    private static string Line<T>(string kind, IEnumerable<T> values) =>
        $"{kind,-40}{string.Concat(values.Select(value => FormattableString.Invariant($"{value,11}")))}";
}
