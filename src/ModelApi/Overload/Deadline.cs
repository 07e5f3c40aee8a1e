namespace ModelApi.Overload;

/// <summary>When one request must be answered; its token also ends when the client goes away.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _abort;
    private CancellationToken _aborted;

    /// <summary>Valid until the deadline is given back.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>From the start to the deadline.</summary>
    public double Seconds { get; private set; }

    /// <summary>Whether it was the deadline that ended the token.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public void Start(double seconds, CancellationToken aborted)
    {
        Seconds = seconds;
        _aborted = aborted;
        _abort = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

        // A timer counts whole milliseconds, and none of them would mean at once.
        _source.CancelAfter(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)));
    }

    /// <returns>Whether it can be used again: a token that has ended stays so.</returns>
    public bool TryReset()
    {
        _abort.Dispose();
        _abort = default;
        _aborted = default;
        return _source.TryReset();
    }

    public void Dispose()
    {
        _abort.Dispose();
        _source.Dispose();
    }
}
