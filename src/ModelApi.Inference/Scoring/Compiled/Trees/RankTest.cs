namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A node's test, before the ranks are known.</summary>
/// <param name="Slot">The input to test; null when every row takes the same branch.</param>
/// <param name="IsAlwaysTrue">Without a slot: whether that is the true branch.</param>
/// <param name="IsInverted">Whether the interval leads to the false branch.</param>
/// <param name="Above">Number slot: the interval begins above this number; NaN for no lower end.</param>
/// <param name="UpTo">
/// Number slot: the interval's last number; NaN when <paramref name="First"/> and <paramref name="Last"/> are the interval.
/// </param>
/// <param name="First">Otherwise the interval's first rank.</param>
/// <param name="Last">Otherwise the interval's last rank.</param>
internal readonly record struct RankTest(Slot? Slot, bool IsAlwaysTrue, bool IsInverted, double Above, double UpTo, int First, int Last)
{
    public static RankTest Always(bool isTrue) => new(null, isTrue, false, 0, 0, 0, 0);

    /// <summary>The interval of ranks.</summary>
    public (int First, int Last) Ranks() =>
        Slot is NumberSlot slot && !double.IsNaN(UpTo)
            ? (double.IsNaN(Above) ? 0 : slot.RankOf(Above) + 1, slot.RankOf(UpTo))
            : (First, Last);
}
