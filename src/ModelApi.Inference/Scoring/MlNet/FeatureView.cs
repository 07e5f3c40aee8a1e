using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>A feature batch as the data of ML.NET, for <c>Transform</c>.</summary>
/// <param name="schema">The columns of the model.</param>
/// <param name="sources">By column, the features that feed it; empty for a column that no answer needs.</param>
/// <param name="features">The rows.</param>
internal sealed class FeatureView(DataViewSchema schema, IReadOnlyList<IReadOnlyList<int>> sources, FeatureBatch features) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => features.Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(new InputRow(schema, sources), features);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(InputRow row, FeatureBatch features) : DataViewRowCursor
    {
        public override DataViewSchema Schema => row.Schema;

        public override long Position => row.Position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override bool MoveNext()
        {
            if (Position + 1 >= features.Rows)
            {
                return false;
            }

            row.MoveTo(features, (int)Position + 1);
            return true;
        }
    }
}
