using Microsoft.ML;
using Microsoft.ML.Data;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>How the columns of ML.NET read features. Made once for each pooled row; a value costs a call and no reflection.</summary>
internal static class InputGetters
{
    private static readonly Type[] Scalars =
    [
        typeof(float), typeof(double), typeof(bool), typeof(sbyte), typeof(short), typeof(int), typeof(long),
        typeof(byte), typeof(ushort), typeof(uint), typeof(ulong), typeof(ReadOnlyMemory<char>),
    ];

    private static readonly Type[] Elements = [typeof(float), typeof(double), typeof(ReadOnlyMemory<char>)];

    /// <summary>Whether features can feed a column of that type.</summary>
    public static bool CanFeed(DataViewType type) =>
        type is VectorDataViewType vector
            ? vector.Size > 0 && vector.ItemType is not KeyDataViewType && Elements.Contains(vector.ItemType.RawType)
            : Scalars.Contains(type.RawType);

    /// <summary>Whether text feeds the column.</summary>
    public static bool IsText(DataViewType type) => ItemOf(type) is TextDataViewType;

    /// <summary>The type of a column's values, of a vector that of its elements.</summary>
    public static DataViewType ItemOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    /// <summary>The getter of a column.</summary>
    /// <param name="type">A type of which <see cref="CanFeed"/> is true.</param>
    /// <param name="row">The row that is read.</param>
    /// <param name="features">The feature, or the features that are the elements of a vector.</param>
    public static Delegate Create(DataViewType type, InputRow row, int[] features)
    {
        if (type is VectorDataViewType vector)
        {
            return vector.ItemType.RawType == typeof(float) ? new ValueGetter<VBuffer<float>>(
                    (ref VBuffer<float> value) => Fill(ref value, features.Length, i => (float)Number(row, features[i])))
                : vector.ItemType.RawType == typeof(double) ? new ValueGetter<VBuffer<double>>(
                    (ref VBuffer<double> value) => Fill(ref value, features.Length, i => Number(row, features[i])))
                : new ValueGetter<VBuffer<ReadOnlyMemory<char>>>(
                    (ref VBuffer<ReadOnlyMemory<char>> value) => Fill(ref value, features.Length, i => Text(row, features[i])));
        }

        var feature = features[0];
        if (type is KeyDataViewType key)
        {
            return CreateKey(key, row, feature);
        }

        return Type.GetTypeCode(type.RawType) switch
        {
            TypeCode.Single => new ValueGetter<float>((ref float value) => value = (float)Number(row, feature)),
            TypeCode.Double => new ValueGetter<double>((ref double value) => value = Number(row, feature)),
            TypeCode.Boolean => new ValueGetter<bool>((ref bool value) => value = Number(row, feature) == 1),
            TypeCode.SByte => new ValueGetter<sbyte>((ref sbyte value) => value = (sbyte)Number(row, feature)),
            TypeCode.Int16 => new ValueGetter<short>((ref short value) => value = (short)Number(row, feature)),
            TypeCode.Int32 => new ValueGetter<int>((ref int value) => value = (int)Number(row, feature)),
            TypeCode.Int64 => new ValueGetter<long>((ref long value) => value = (long)Number(row, feature)),
            TypeCode.Byte => new ValueGetter<byte>((ref byte value) => value = (byte)Number(row, feature)),
            TypeCode.UInt16 => new ValueGetter<ushort>((ref ushort value) => value = (ushort)Number(row, feature)),
            TypeCode.UInt32 => new ValueGetter<uint>((ref uint value) => value = (uint)Number(row, feature)),
            TypeCode.UInt64 => new ValueGetter<ulong>((ref ulong value) => value = (ulong)Number(row, feature)),
            _ => new ValueGetter<ReadOnlyMemory<char>>((ref ReadOnlyMemory<char> value) => value = Text(row, feature)),
        };
    }

    // A key counts from 1; 0 is a missing one.
    private static Delegate CreateKey(KeyDataViewType key, InputRow row, int feature) => Type.GetTypeCode(key.RawType) switch
    {
        TypeCode.Byte => new ValueGetter<byte>((ref byte value) => value = (byte)Key(row, feature, key.Count)),
        TypeCode.UInt16 => new ValueGetter<ushort>((ref ushort value) => value = (ushort)Key(row, feature, key.Count)),
        TypeCode.UInt32 => new ValueGetter<uint>((ref uint value) => value = (uint)Key(row, feature, key.Count)),
        _ => new ValueGetter<ulong>((ref ulong value) => value = Key(row, feature, key.Count)),
    };

    private static ulong Key(InputRow row, int feature, ulong count) =>
        Number(row, feature) is var number && number >= 1 && number <= count ? (ulong)number : 0;

    private static double Number(InputRow row, int feature) => row.Features.Numbers(feature)[row.Index];

    // ML.NET has no missing text but the empty one.
    private static ReadOnlyMemory<char> Text(InputRow row, int feature) => row.Features.Texts(feature)[row.Index].AsMemory();

    private static void Fill<T>(ref VBuffer<T> value, int length, Func<int, T> element)
    {
        var editor = VBufferEditor.Create(ref value, length);
        for (var i = 0; i < length; i++)
        {
            editor.Values[i] = element(i);
        }

        value = editor.Commit();
    }
}
