using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>Reads the label of a row of answers as the index of its class.</summary>
internal static class LabelReader
{
    /// <summary>Why a column cannot hold the labels of a signature, as a sentence; null when it can.</summary>
    public static string? FindFault(DataViewSchema.Column column, Signature signature)
    {
        var isNumber = Type.GetTypeCode(column.Type.RawType) is TypeCode.Int32 or TypeCode.Int64 or TypeCode.Single or TypeCode.Double;
        var fits = signature.Classes!.Kind switch
        {
            ClassKind.Text => column.Type is TextDataViewType || KeyTexts(column) is not null,
            ClassKind.Boolean => column.Type is BooleanDataViewType,
            ClassKind.Integer when signature.Task == ModelTask.OutlierDetection => column.Type is BooleanDataViewType,
            _ => isNumber || column.Type is KeyDataViewType or BooleanDataViewType,
        };
        return fits ? null : $"Its classes are of another type than column '{column.Name}', which is {column.Type}.";
    }

    /// <summary>Makes the reader of a pooled row.</summary>
    /// <param name="row">The row of answers.</param>
    /// <param name="column">A column that fits the signature.</param>
    /// <param name="signature">The classes.</param>
    /// <returns>Reads the class of the current row; -1 when the signature does not name it.</returns>
    public static Func<int> Create(DataViewRow row, DataViewSchema.Column column, Signature signature)
    {
        var classes = signature.Classes!;
        if (column.Type is KeyDataViewType)
        {
            return CreateKey(row, column, classes);
        }

        if (column.Type is TextDataViewType)
        {
            var texts = classes.Names.Select((name, index) => (name, index))
                .ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal)
                .GetAlternateLookup<ReadOnlySpan<char>>();
            return Read<ReadOnlyMemory<char>, int>(row, column, text => texts.TryGetValue(text.Span, out var index) ? index : -1);
        }

        if (column.Type is BooleanDataViewType)
        {
            // The detectors of ML.NET answer whether a row is an outlier.
            var isOutlier = signature.Task == ModelTask.OutlierDetection;
            var (no, yes) = isOutlier ? (classes.IndexOf(1L), classes.IndexOf(-1L)) : (classes.IndexOf(0L), classes.IndexOf(1L));
            return Read<bool, int>(row, column, label => label ? yes : no);
        }

        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.Int32 => Read<int, int>(row, column, label => classes.IndexOf((long)label)),
            TypeCode.Int64 => Read<long, int>(row, column, classes.IndexOf),
            TypeCode.Double => Read<double, int>(row, column, classes.IndexOf),
            _ => Read<float, int>(row, column, label => classes.IndexOf((double)label)),
        };
    }

    /// <summary>Makes a reader of keys, which count from 1; 0 is a missing one.</summary>
    public static Func<ulong> CreateRawKey(DataViewRow row, DataViewSchema.Column column) => Type.GetTypeCode(column.Type.RawType) switch
    {
        TypeCode.Byte => Read<byte, ulong>(row, column, key => key),
        TypeCode.UInt16 => Read<ushort, ulong>(row, column, key => key),
        TypeCode.UInt32 => Read<uint, ulong>(row, column, key => key),
        _ => Read<ulong, ulong>(row, column, key => key),
    };

    /// <summary>The values that the keys of a column stand for, as texts; null when it has none.</summary>
    public static IReadOnlyList<string>? KeyTexts(DataViewSchema.Column column) => ReadTexts(column, "KeyValues");

    /// <summary>An annotation that names the elements of a column, as texts; null when it has none.</summary>
    public static IReadOnlyList<string>? ReadTexts(DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is not VectorDataViewType { ItemType: var type })
        {
            return null;
        }

        return type is TextDataViewType ? Values<ReadOnlyMemory<char>>(text => text.ToString())
            : type.RawType == typeof(float) ? Values<float>(value => value.ToString("R", null))
            : type.RawType == typeof(double) ? Values<double>(value => value.ToString("R", null))
            : type.RawType == typeof(int) ? Values<int>(value => value.ToString(null, null))
            : type.RawType == typeof(long) ? Values<long>(value => value.ToString(null, null))
            : type.RawType == typeof(bool) ? Values<bool>(value => value ? "true" : "false")
            : null;

        List<string> Values<T>(Func<T, string> write)
        {
            var values = default(VBuffer<T>);
            column.Annotations.GetValue(annotation, ref values);
            return [.. values.DenseValues().Select(write)];
        }
    }

    // A key counts from 1; 0 is that of a row whose scores are no numbers, which is not answered.
    private static Func<int> CreateKey(DataViewRow row, DataViewSchema.Column column, ClassLabels classes)
    {
        int[]? ofKeys = KeyTexts(column) is { } texts ? [0, .. texts.Select(classes.IndexOfWritten)] : null;
        var read = CreateRawKey(row, column);
        return () => Find(read());

        int Find(ulong key) =>
            key == 0 ? 0
            : ofKeys is null ? classes.IndexOf((long)key)
            : key < (ulong)ofKeys.Length ? ofKeys[key]
            : -1;
    }

    private static Func<TResult> Read<T, TResult>(DataViewRow row, DataViewSchema.Column column, Func<T, TResult> find)
    {
        var getter = row.GetGetter<T>(column);
        var value = default(T)!;
        return () =>
        {
            getter(ref value);
            return find(value);
        };
    }
}
