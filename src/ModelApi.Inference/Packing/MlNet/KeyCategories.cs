using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Scoring.MlNet;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>The categories of text columns, from the dictionaries that map them to keys, also those of one-hot encoders.</summary>
internal static class KeyCategories
{
    /// <returns>By column of the input, the texts that are known, in the order of the dictionary.</returns>
    public static Dictionary<string, IReadOnlyList<string>> Find(MlNetModel model, IReadOnlyList<DataViewSchema.Column> needed)
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var texts = needed.Where(column => column.Type is TextDataViewType).ToList();
        foreach (var column in model.OutputSchema)
        {
            // A one-hot encoder first maps to keys, under a name that it then hides.
            if (column.Type is KeyDataViewType
                && LabelReader.KeyTexts(column) is { Count: > 0 } values
                && model.DependenciesOf([column]) is [var only]
                && texts.Any(text => text.Index == only.Index)
                && MapsUnchanged(model, only, column, values))
            {
                found.TryAdd(only.Name, values);
            }
        }

        return found;
    }

    // A step between them, such as lower-casing, would make the dictionary one of other texts.
    private static bool MapsUnchanged(
        MlNetModel model, DataViewSchema.Column source, DataViewSchema.Column key, IReadOnlyList<string> values)
    {
        var row = new TextRow(model.InputSchema, source);
        using var output = model.Connect(row, [key]);
        var read = LabelReader.CreateRawKey(output, key);
        for (var i = 0; i < values.Count; i++)
        {
            row.MoveTo(values[i]);
            if (read() != (ulong)(i + 1))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class TextRow(DataViewSchema schema, DataViewSchema.Column column) : DataViewRow
    {
        private ReadOnlyMemory<char> _text;
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public void MoveTo(string text)
        {
            _text = text.AsMemory();
            _position++;
        }

        public override bool IsColumnActive(DataViewSchema.Column other) => other.Index == column.Index;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column other) =>
            (ValueGetter<TValue>)(Delegate)new ValueGetter<ReadOnlyMemory<char>>((ref ReadOnlyMemory<char> value) => value = _text);
    }
}
