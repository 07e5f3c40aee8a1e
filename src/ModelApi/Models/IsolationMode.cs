namespace ModelApi.Models;

/// <summary>Where a bundle is proved before it is loaded.</summary>
internal enum IsolationMode
{
    /// <summary>In the server, as it is loaded.</summary>
    None,

    /// <summary>In a process of its own, whose crash leaves the server running; then it is loaded.</summary>
    Process,
}
