namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A part of a plan that computes whole columns into the registers of a block.</summary>
/// <remarks>Immutable once prepared: everything it writes to belongs to the block.</remarks>
internal abstract class ColumnStage
{
    /// <summary>The stage's place in the plan.</summary>
    public int Index { get; set; }

    /// <summary>Finishes the stage after all graphs are read, when every text that they name has its place.</summary>
    /// <exception cref="NotCompilableException">The stage cannot be built.</exception>
    public virtual void Prepare()
    {
    }

    /// <summary>Creates the memory that the stage needs for a block of so many rows; null for none.</summary>
    public virtual StageMemory? CreateMemory(int rows) => null;

    /// <summary>Computes the stage's columns for the rows of a block.</summary>
    public abstract void Run(Block block);
}

/// <summary>The memory of one stage in one block.</summary>
internal abstract class StageMemory;
