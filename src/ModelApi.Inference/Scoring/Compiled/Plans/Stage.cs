namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>A part of a plan that computes whole columns, into the registers of a block.</summary>
/// <remarks>Immutable once it is prepared: what it writes to belongs to the block.</remarks>
internal abstract class Stage
{
    /// <summary>Which stage of the plan this is.</summary>
    public int Index { get; set; }

    /// <summary>Makes ready what depends on all of the graphs: by now, every text that they know has its place.</summary>
    /// <exception cref="NotCompilableException">It cannot be done.</exception>
    public virtual void Prepare()
    {
    }

    /// <summary>Memory of its own for a block of that many rows, or null.</summary>
    public virtual object? CreateMemory(int rows) => null;

    /// <summary>Computes its columns for the rows of a block.</summary>
    public abstract void Run(Block block);
}
