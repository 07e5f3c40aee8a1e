namespace ModelApi.Inference.Registry;

/// <summary>Keeps workspaces for later requests: a few for each processor.</summary>
/// <remarks>Thread-safe. A processor begins at slots of its own, so that the memory it takes is what it used last.</remarks>
internal sealed class WorkspacePool
{
    // Workspaces beyond this size are left to the garbage collector rather than kept for the life of the version.
    private const int LargestKeptBatch = 256;
    private const int LargestKeptAnswer = 256 * 1024;
    private const int SlotsPerProcessor = 4;

    private readonly ScoringWorkspace?[] _slots = new ScoringWorkspace[Environment.ProcessorCount * SlotsPerProcessor];

    /// <summary>A workspace that is clear, or null when none is there.</summary>
    public ScoringWorkspace? TryTake()
    {
        var first = FirstSlot();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[(first + i) % _slots.Length];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } workspace)
            {
                return workspace;
            }
        }

        return null;
    }

    /// <summary>Clears a workspace, and keeps it where there is room.</summary>
    public void Add(ScoringWorkspace workspace)
    {
        workspace.Clear();
        if (workspace.Features.Capacity > LargestKeptBatch || workspace.Answer.Capacity > LargestKeptAnswer)
        {
            return;
        }

        var first = FirstSlot();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[(first + i) % _slots.Length];
            if (slot is null && Interlocked.CompareExchange(ref slot, workspace, null) is null)
            {
                return;
            }
        }
    }

    private int FirstSlot() => Thread.GetCurrentProcessorId() * SlotsPerProcessor % _slots.Length;
}
