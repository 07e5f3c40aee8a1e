namespace ModelApi.Deployments.Rollouts;

/// <summary>A <see cref="QuantileSketch"/> in the store.</summary>
/// <param name="Keys">The buckets that hold values, in the order of the values.</param>
/// <param name="Counts">How many values each holds.</param>
/// <param name="Sum">As <see cref="QuantileSketch.Sum"/>.</param>
/// <param name="SumOfMagnitudes">As <see cref="QuantileSketch.SumOfMagnitudes"/>.</param>
/// <param name="Minimum">The smallest value; null without values.</param>
/// <param name="Maximum">The largest value; null without values.</param>
internal sealed record StoredSketch(
    int[] Keys, long[] Counts, double Sum, double SumOfMagnitudes, double? Minimum, double? Maximum);
