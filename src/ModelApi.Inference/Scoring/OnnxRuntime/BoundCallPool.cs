namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Keeps calls that are not in use, one for each core: no more can work at once.</summary>
internal sealed class BoundCallPool(Func<BoundCall> create) : IDisposable
{
    private readonly BoundCall?[] _idle = new BoundCall?[Environment.ProcessorCount];

    public BoundCall Rent()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is { } call && Interlocked.CompareExchange(ref _idle[i], null, call) == call)
            {
                return call;
            }
        }

        return create();
    }

    /// <summary>Takes back a call that has not failed.</summary>
    public void Return(BoundCall call)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], call, null) is null)
            {
                return;
            }
        }

        call.Dispose();
    }

    public void Dispose()
    {
        foreach (var call in _idle)
        {
            call?.Dispose();
        }
    }
}
