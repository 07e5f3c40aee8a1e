using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Some neighbouring rows of a batch, with the memory that the stages of a plan work on them in.</summary>
/// <remarks>Not thread-safe; kept from one use to the next, so that scoring allocates nothing.</remarks>
internal sealed class Block
{
    private readonly CategorySource[] _sources;
    private readonly double[] _registers;
    private readonly int[][] _places;
    private readonly bool[] _arePlacesRead;
    private FeatureBatch? _features;

    /// <param name="rows">Rows that there is room for.</param>
    /// <param name="registers">Columns that stages compute.</param>
    /// <param name="sources">The text features that the plan reads.</param>
    /// <param name="stages">Each may have memory of its own.</param>
    public Block(int rows, int registers, CategorySource[] sources, Stage[] stages)
    {
        Capacity = rows;
        _sources = sources;
        _registers = new double[rows * registers];
        _places = [.. sources.Select(_ => new int[rows])];
        _arePlacesRead = new bool[sources.Length];
        Scratch = new double[rows];
        Memories = [.. stages.Select(stage => stage.CreateMemory(rows))];
    }

    /// <summary>Rows that there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The first row, in the batch.</summary>
    public int Start { get; private set; }

    /// <summary>How many rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Room for one column, for the stage that is at work.</summary>
    public double[] Scratch { get; }

    /// <summary>What each stage made with <see cref="Stage.CreateMemory"/>.</summary>
    public object?[] Memories { get; }

    /// <summary>Turns to other rows.</summary>
    public void Open(FeatureBatch features, int start, int rows)
    {
        _features = features;
        Start = start;
        Rows = rows;
        Array.Clear(_arePlacesRead);
    }

    /// <summary>Lets go of the batch.</summary>
    public void Close() => _features = null;

    /// <summary>A numeric feature of the rows; NaN is missing.</summary>
    public ReadOnlySpan<double> Numbers(int feature) => _features!.Numbers(feature).Slice(Start, Rows);

    /// <summary>A numeric feature of the first row.</summary>
    public double Number(int feature) => _features!.Number(Start, feature);

    /// <summary>The batch that the rows are of.</summary>
    public FeatureBatch Features => _features!;

    /// <summary>A column that a stage computes.</summary>
    public Span<double> Register(int register) => _registers.AsSpan(register * Capacity, Rows);

    /// <summary>A text feature of the first row, as a place in its list.</summary>
    public int Place(CategorySource source) => source.Read(_features!, Start);

    /// <summary>A text feature of the rows, as places in its list.</summary>
    public ReadOnlySpan<int> Places(CategorySource source)
    {
        var index = Array.IndexOf(_sources, source);
        var places = _places[index].AsSpan(0, Rows);
        if (!_arePlacesRead[index])
        {
            source.Read(_features!, Start, places);
            _arePlacesRead[index] = true;
        }

        return places;
    }
}
