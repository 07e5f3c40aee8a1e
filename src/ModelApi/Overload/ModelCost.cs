using System.Diagnostics;

namespace ModelApi.Overload;

/// <summary>How long one request to a model holds a permit, as measured so far.</summary>
/// <param name="model">The model's name.</param>
/// <param name="permits">Permits that quick models share.</param>
/// <param name="slowPermits">Permits that slow models share.</param>
internal sealed class ModelCost(string model, int permits, int slowPermits)
{
    private const double Weight = 1.0 / 8;
    private const double SlowSeconds = 0.01;

    private double _seconds;

    public string Model => model;

    /// <summary>The mean of the latest requests; 0 before the first.</summary>
    public double Seconds => Volatile.Read(ref _seconds);

    /// <summary>Whether it takes so long that quick models must not wait for it.</summary>
    public bool IsSlow => Seconds > SlowSeconds;

    /// <summary>The share of <see cref="Seconds"/> by which one more request delays those behind it.</summary>
    public double Delay => Seconds / (IsSlow ? slowPermits : permits);

    /// <param name="elapsed">Ticks of <see cref="Stopwatch"/>.</param>
    public void Add(long elapsed)
    {
        // A value that another thread overwrites is one of many: the mean stays near.
        var seconds = (double)elapsed / Stopwatch.Frequency;
        var mean = Seconds;
        Volatile.Write(ref _seconds, mean == 0 ? seconds : mean + (Weight * (seconds - mean)));
    }
}
