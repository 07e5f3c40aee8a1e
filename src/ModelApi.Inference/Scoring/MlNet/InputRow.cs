using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>One row of a feature batch as ML.NET reads it. For one thread at a time.</summary>
internal sealed class InputRow : DataViewRow
{
    private readonly Delegate?[] _getters;
    private FeatureBatch? _batch;
    private int _index;
    private long _position = -1;

    /// <param name="schema">The columns of the model.</param>
    /// <param name="sources">By column, the features that feed it; empty for a column that no answer needs.</param>
    public InputRow(DataViewSchema schema, IReadOnlyList<IReadOnlyList<int>> sources)
    {
        Schema = schema;
        _getters = [.. schema.Select(column => sources[column.Index] is { Count: > 0 } features
            ? InputGetters.Create(column.Type, this, [.. features])
            : null)];
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema { get; }

    /// <summary>Changes with each row: ML.NET keeps what it computed for a position.</summary>
    public override long Position => _position;

    /// <inheritdoc/>
    public override long Batch => 0;

    /// <summary>The batch that <see cref="MoveTo"/> was given.</summary>
    public FeatureBatch Features => _batch!;

    /// <summary>The row of that batch.</summary>
    public int Index => _index;

    /// <summary>Takes the values from another row.</summary>
    public void MoveTo(FeatureBatch batch, int index)
    {
        _batch = batch;
        _index = index;
        _position++;
    }

    /// <summary>Lets go of the batch, which belongs to a request.</summary>
    public void Clear() => _batch = null;

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _getters[column.Index] is not null;

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        _getters[column.Index] as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' of the model is not fed as {typeof(TValue).Name}.");
}
