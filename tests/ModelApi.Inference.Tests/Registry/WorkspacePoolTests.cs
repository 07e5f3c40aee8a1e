using System.Collections.Concurrent;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Registry;

public sealed class WorkspacePoolTests
{
    private readonly Signature _signature = new([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]);
    private readonly WorkspacePool _pool = new();

    [Fact]
    public void No_workspace_is_in_use_twice()
    {
        var inUse = new ConcurrentDictionary<ScoringWorkspace, bool>();
        var shared = 0;

        Parallel.For(0, 100_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var workspace = _pool.TryTake() ?? new ScoringWorkspace(_signature);
            if (!inUse.TryAdd(workspace, true))
            {
                Interlocked.Increment(ref shared);
            }

            inUse.TryRemove(workspace, out var _);
            _pool.Add(workspace);
        });

        Assert.Equal(0, shared);
        Assert.NotNull(_pool.TryTake());
    }

    [Fact]
    public void It_keeps_few_workspaces_and_none_that_has_grown_large()
    {
        var large = new ScoringWorkspace(_signature);
        for (var i = 0; i < 1000; i++)
        {
            large.Features.AddRow();
        }

        _pool.Add(large);
        Assert.Null(_pool.TryTake());

        for (var i = 0; i < 10_000; i++)
        {
            _pool.Add(new ScoringWorkspace(_signature));
        }

        var kept = 0;
        while (_pool.TryTake() is not null)
        {
            kept++;
        }

        Assert.Equal(Environment.ProcessorCount * 4, kept);
    }
}
