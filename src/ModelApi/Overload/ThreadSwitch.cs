using System.Runtime.CompilerServices;

namespace ModelApi.Overload;

/// <summary>Awaited, lets the caller go on on the thread of its turn.</summary>
internal readonly struct ThreadSwitch(LargeBodies.Turn turn) : ICriticalNotifyCompletion
{
    public bool IsCompleted => turn.IsItsThread;

    public ThreadSwitch GetAwaiter() => this;

    public void OnCompleted(Action continuation) => turn.Run(continuation);

    public void UnsafeOnCompleted(Action continuation) => turn.Run(continuation);

    public void GetResult()
    {
        // Nothing comes of it.
    }
}
