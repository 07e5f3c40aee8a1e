namespace ModelApi.Inference.Bundles;

/// <summary>Collects the faults of golden rows: the same fault in many rows is one, with their number.</summary>
internal sealed class GoldenFaults
{
    private readonly Dictionary<(string Path, string Message), int> _places = [];
    private readonly List<(BundleFault First, int Lines)> _found = [];
    private long _others;

    /// <summary>Whether none was added.</summary>
    public bool AreNone => _found.Count == 0;

    /// <summary>Adds the faults of a line.</summary>
    public void Add(int line, BundleFaults faults)
    {
        foreach (var fault in faults.ToList())
        {
            var start = $"line {line}";
            var path = fault.Path.StartsWith(start, StringComparison.Ordinal) ? fault.Path[start.Length..] : fault.Path;
            if (_places.TryGetValue((path, fault.Message), out var place))
            {
                _found[place] = (_found[place].First, _found[place].Lines + 1);
            }
            else if (_found.Count < BundleFaults.MostKept)
            {
                _places.Add((path, fault.Message), _found.Count);
                _found.Add((fault, 1));
            }
            else
            {
                _others++;
            }
        }
    }

    /// <summary>Hands them over, each with the number of the other lines that have it.</summary>
    public void AddTo(BundleFaults faults)
    {
        foreach (var (first, lines) in _found)
        {
            faults.Add(lines == 1 ? first : first with
            {
                Message = $"{first.Message} The same in {lines - 1} more line{(lines == 2 ? "" : "s")}.",
            });
        }

        for (var i = 0L; i < _others; i++)
        {
            faults.AddCounted();
        }
    }
}
