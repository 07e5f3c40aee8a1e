using System.Collections.Frozen;
using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>The types of numbers that a graph input may take, and what each can hold.</summary>
internal static class InputRanges
{
    // Numbers of requests are doubles, which hold whole numbers up to 2^53 exactly.
    private const double MostExact = 9007199254740992;

    private static readonly FrozenDictionary<TensorElementType, NumberRange> Ranges = new Dictionary<TensorElementType, NumberRange>
    {
        [TensorElementType.Float] = NumberRange.Float,
        [TensorElementType.Double] = new(-double.MaxValue, double.MaxValue, false, "within ±1.8e308, the range of a 64-bit float"),
        [TensorElementType.Float16] = new(-65504, 65504, false, "within ±65504, the range of a 16-bit float"),
        [TensorElementType.Int64] = new(-MostExact, MostExact, true, "a whole number within ±9007199254740992 (2^53)"),
        [TensorElementType.UInt64] = new(0, MostExact, true, "a whole number from 0 to 9007199254740992 (2^53)"),
        [TensorElementType.Int32] = Whole(int.MinValue, int.MaxValue, "32-bit integer"),
        [TensorElementType.UInt32] = Whole(uint.MinValue, uint.MaxValue, "32-bit integer without sign"),
        [TensorElementType.Int16] = Whole(short.MinValue, short.MaxValue, "16-bit integer"),
        [TensorElementType.UInt16] = Whole(ushort.MinValue, ushort.MaxValue, "16-bit integer without sign"),
        [TensorElementType.Int8] = Whole(sbyte.MinValue, sbyte.MaxValue, "8-bit integer"),
        [TensorElementType.UInt8] = Whole(byte.MinValue, byte.MaxValue, "8-bit integer without sign"),
        [TensorElementType.Bool] = new(0, 1, true, "0 or 1, which is all that a boolean holds"),
    }.ToFrozenDictionary();

    /// <summary>The types, with the frequent ones first.</summary>
    public static IReadOnlyList<TensorElementType> Types { get; } =
    [
        TensorElementType.Float, TensorElementType.Double, TensorElementType.Int64, TensorElementType.Bool, TensorElementType.Int32,
        TensorElementType.Float16, TensorElementType.UInt8, TensorElementType.Int8, TensorElementType.Int16, TensorElementType.UInt16,
        TensorElementType.UInt32, TensorElementType.UInt64,
    ];

    /// <summary>What a type can hold, or null for a type that takes no numbers.</summary>
    public static NumberRange? Of(TensorElementType? type) => type is { } element ? Ranges.GetValueOrDefault(element) : null;

    /// <summary>Whether a type has NaN for a missing value.</summary>
    public static bool HasNaN(TensorElementType? type) =>
        type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16;

    private static NumberRange Whole(double lowest, double highest, string holder)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"from {lowest} to {highest}, the range of the graph's {holder}");
        return new NumberRange(lowest, highest, true, $"a whole number {text}");
    }
}
