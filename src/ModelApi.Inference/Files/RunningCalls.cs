namespace ModelApi.Inference.Files;

/// <summary>Counts the calls of a scorer that are running, so that a stop can wait for them and no new one begins.</summary>
internal sealed class RunningCalls
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isStopped;

    /// <returns>False after <see cref="StopAsync"/>; otherwise <see cref="End"/> must follow.</returns>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return false;
            }

            _running++;
            return true;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _running--;
            CompleteIfEnded();
        }
    }

    /// <summary>Lets no call begin any more, and ends when the last one has ended.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
            CompleteIfEnded();
            return _ended.Task;
        }
    }

    private void CompleteIfEnded()
    {
        if (_isStopped && _running == 0)
        {
            _ended.TrySetResult();
        }
    }
}
