namespace ModelApi.Overload;

/// <summary>Whether a prediction may be worked on; disposed of, it lets the next one in.</summary>
internal readonly struct PredictionPermit : IDisposable
{
    private readonly PredictionGate? _gate;
    private readonly ModelCost? _cost;
    private readonly long _start;
    private readonly bool _isSlow;

    /// <param name="gate">Takes the permit back.</param>
    /// <param name="cost">Learns from this request; null when it is not timed.</param>
    /// <param name="start">When the work began, of <see cref="System.Diagnostics.Stopwatch"/>; 0 when it is not timed.</param>
    /// <param name="isSlow">Whether it counts among those of slow models.</param>
    public PredictionPermit(PredictionGate gate, ModelCost? cost, long start, bool isSlow) =>
        (_gate, _cost, _start, _isSlow, IsGranted) = (gate, cost, start, isSlow, true);

    private PredictionPermit(bool isGranted) => IsGranted = isGranted;

    /// <summary>For a version that bounds its work itself.</summary>
    public static PredictionPermit NotNeeded => new(isGranted: true);

    public static PredictionPermit Refused => default;

    public bool IsGranted { get; }

    public void Dispose() => _gate?.Leave(_cost, _start, _isSlow);
}
