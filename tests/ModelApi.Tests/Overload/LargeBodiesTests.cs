using ModelApi.Overload;

namespace ModelApi.Tests.Overload;

public sealed class LargeBodiesTests : IDisposable
{
    private readonly LargeBodies _large = new();

    public void Dispose() => _large.Dispose();

    [Fact]
    public async Task As_many_large_bodies_as_there_are_cores_are_worked_on_at_a_time()
    {
        var turns = new List<LargeBodies.Turn>();
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            turns.Add(await _large.EnterAsync("ana", CancellationToken.None));
        }

        var waiting = _large.EnterAsync("ana", CancellationToken.None).AsTask();
        await Task.Delay(50);

        Assert.False(waiting.IsCompleted);
        turns[0].Dispose();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        turns.ForEach(turn => turn.Dispose());
    }

    [Fact]
    public async Task Whoever_finds_his_turn_there_already_switches_to_its_thread()
    {
        var (before, after) = await Task.Run(async () =>
        {
            var entering = _large.EnterAsync("ana", CancellationToken.None).AsTask();
            SpinWait.SpinUntil(() => entering.IsCompleted);
            using var turn = await entering;
            var before = Thread.CurrentThread.Name;
            await turn.Switch;
            return (before, Thread.CurrentThread.Name);
        });

        Assert.NotEqual("Large bodies", before);
        Assert.Equal("Large bodies", after);
    }

    [Fact]
    public async Task They_are_worked_on_by_threads_of_their_own_whose_priority_is_low()
    {
        // As in the server, without the test runner's context, in which the work would go on elsewhere.
        var (name, priority) = await Task.Run(WorkAsync);

        Assert.Equal("Large bodies", name);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(10, priority);
        }

        async Task<(string? Name, long Priority)> WorkAsync()
        {
            using var turn = await _large.EnterAsync("ana", CancellationToken.None);
            await turn.Switch;
            return (Thread.CurrentThread.Name, OperatingSystem.IsLinux() ? Niceness() : 0);
        }
    }

    [Fact]
    public async Task Callers_are_served_in_turn()
    {
        var held = await Task.WhenAll(
            Enumerable.Range(0, Environment.ProcessorCount).Select(_ => _large.EnterAsync("first", CancellationToken.None).AsTask()));
        var order = new List<string>();
        var all = new List<Task>();
        foreach (var caller in (string[])["greedy", "greedy", "greedy", "modest"])
        {
            all.Add(WorkAsync(caller));
        }

        held[0].Dispose();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["greedy", "modest", "greedy", "greedy"], order);
        Array.ForEach(held, turn => turn.Dispose());

        async Task WorkAsync(string caller)
        {
            using var turn = await _large.EnterAsync(caller, CancellationToken.None);
            order.Add(caller);
        }
    }

    [Fact]
    public async Task A_request_past_its_deadline_leaves_the_queue()
    {
        var held = await Task.WhenAll(
            Enumerable.Range(0, Environment.ProcessorCount).Select(_ => _large.EnterAsync("first", CancellationToken.None).AsTask()));
        using var deadline = new CancellationTokenSource();
        var leaving = _large.EnterAsync("late", deadline.Token).AsTask();
        var staying = _large.EnterAsync("late", CancellationToken.None).AsTask();

        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        held[0].Dispose();
        (await staying.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        Array.ForEach(held, turn => turn.Dispose());
    }

    // The 19th field of the thread's status; proc(5).
    private static long Niceness()
    {
        var status = File.ReadAllText("/proc/thread-self/stat");
        return long.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}
