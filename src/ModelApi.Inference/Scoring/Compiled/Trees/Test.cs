namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A node's test, before the ranks are known.</summary>
/// <param name="Slot">What it looks at; null when every row goes the same way.</param>
/// <param name="IsAlwaysTrue">Without a slot: which way that is.</param>
/// <param name="IsInverted">Whether what the interval holds goes the way of false.</param>
/// <param name="Above">Number slot: the interval begins above this; NaN when it has no lower end.</param>
/// <param name="UpTo">Number slot: the interval's last number; NaN for an interval of <paramref name="First"/> and <paramref name="Last"/>.</param>
/// <param name="First">Otherwise the interval's first rank.</param>
/// <param name="Last">Otherwise the interval's last rank.</param>
internal readonly record struct Test(Slot? Slot, bool IsAlwaysTrue, bool IsInverted, double Above, double UpTo, int First, int Last)
{
    public static Test Always(bool isTrue) => new(null, isTrue, false, 0, 0, 0, 0);

    /// <summary>The interval of ranks that the test is about.</summary>
    public (int First, int Last) Ranks() =>
        Slot is NumberSlot slot && !double.IsNaN(UpTo)
            ? (double.IsNaN(Above) ? 0 : slot.RankOf(Above) + 1, slot.RankOf(UpTo))
            : (First, Last);
}
