using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>Consecutive rows of a batch, with the memory in which the stages of a plan work on them.</summary>
/// <remarks>Not thread-safe. Blocks are reused, so that scoring allocates nothing.</remarks>
internal sealed class Block
{
    private readonly object _owner;
    private readonly CategorySource[] _sources;
    private readonly double[] _registers;
    private readonly int[][] _places;
    private readonly bool[] _arePlacesRead;
    private FeatureBatch? _features;

    /// <param name="owner">The plan that works with the block.</param>
    /// <param name="rows">The largest number of rows.</param>
    /// <param name="registers">The number of columns that stages compute.</param>
    /// <param name="sources">The text features that the plan reads.</param>
    /// <param name="stages">The stages of the plan, each with memory of its own.</param>
    public Block(object owner, int rows, int registers, CategorySource[] sources, ColumnStage[] stages)
    {
        _owner = owner;
        Capacity = rows;
        _sources = sources;
        _registers = new double[rows * registers];
        _places = [.. sources.Select(_ => new int[rows])];
        _arePlacesRead = new bool[sources.Length];
        Scratch = new double[rows];
        Memories = [.. stages.Select(stage => stage.CreateMemory(rows))];
    }

    /// <summary>The largest number of rows.</summary>
    public int Capacity { get; }

    /// <summary>The first row's index in the batch.</summary>
    public int Start { get; private set; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>One column, free for the stage that is running.</summary>
    public double[] Scratch { get; }

    /// <summary>The memory of each stage, by <see cref="ColumnStage.Index"/>.</summary>
    public StageMemory?[] Memories { get; }

    /// <summary>Whether a plan works with the block.</summary>
    public bool IsOf(object plan) => ReferenceEquals(_owner, plan);

    /// <summary>Moves to other rows.</summary>
    public void Open(FeatureBatch features, int start, int rows)
    {
        _features = features;
        Start = start;
        Rows = rows;
        Array.Clear(_arePlacesRead);
    }

    /// <summary>Releases the batch.</summary>
    public void Close() => _features = null;

    /// <summary>A numeric feature of the rows; NaN for a missing value.</summary>
    public ReadOnlySpan<double> Numbers(int feature) => _features!.Numbers(feature).Slice(Start, Rows);

    /// <summary>A numeric feature of the first row.</summary>
    public double Number(int feature) => _features!.Number(Start, feature);

    /// <summary>The batch that holds the rows.</summary>
    public FeatureBatch Features => _features!;

    /// <summary>The column that a stage computes into a register.</summary>
    public Span<double> Register(int register) => _registers.AsSpan(register * Capacity, Rows);

    /// <summary>All registers of the only row, in a block with room for one row.</summary>
    public Span<double> RowRegisters() => _registers;

    /// <summary>Consecutive registers of the only row: in a block with room for one row they lie side by side.</summary>
    public Span<double> RowRegisters(int first, int count) => _registers.AsSpan(first, count);

    /// <summary>Consecutive registers, each <see cref="Capacity"/> long.</summary>
    public Span<double> Registers(int first, int count) => _registers.AsSpan(first * Capacity, count * Capacity);

    /// <summary>A text feature of the first row, as its place in the source.</summary>
    public int Place(CategorySource source) => source.Read(_features!, Start);

    /// <summary>A text feature of the rows, as places in the source.</summary>
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
