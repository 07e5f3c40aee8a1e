namespace ModelApi.Storage;

/// <summary>The store cannot be used now. A change was not made, unless the reason says that this is unknown.</summary>
internal sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string reason, Exception? cause = null)
        : base(reason, cause)
    {
    }

    public StoreUnavailableException(StoreState state, Exception? cause = null)
        : this(state.Reason, cause)
    {
    }
}
