using ModelApi.Overload;

namespace ModelApi.Tests.Overload;

public sealed class FairQueueTests
{
    private const int Permits = 1;

    private readonly FairQueue _queue = new(TimeSpan.FromMilliseconds(250), maxCount: 512);

    [Fact]
    public void Requests_wait_until_the_last_would_wait_too_long()
    {
        var slow = Cost("slow", milliseconds: 60);

        var waiting = Enumerable.Range(0, 10).Count(_ => _queue.TryAdd(slow, "ana") is not null);

        // The fourth is done after 240 ms, the fifth after 300 ms.
        Assert.Equal(4, waiting);
        Assert.True(_queue.Refuses(slow, "ana"));
    }

    [Fact]
    public void Quick_requests_are_bounded_by_their_number()
    {
        var quick = Cost("quick", milliseconds: 0.01);

        Assert.Equal(512, Enumerable.Range(0, 600).Count(_ => _queue.TryAdd(quick, "ana") is not null));
    }

    [Fact]
    public void One_request_of_a_model_may_wait_however_slow_it_is()
    {
        var slow = Cost("slow", milliseconds: 2000);

        Assert.NotNull(_queue.TryAdd(slow, "ana"));
        Assert.Null(_queue.TryAdd(slow, "ana"));
    }

    [Fact]
    public async Task A_model_beside_another_keeps_half_of_the_time()
    {
        var first = Cost("first", milliseconds: 49);
        var second = Cost("second", milliseconds: 49);
        var requests = Enumerable.Range(0, 5).Select(_ => _queue.TryAdd(first, "ana")!).ToList();

        var others = Enumerable.Range(0, 10).Select(_ => _queue.TryAdd(second, "bob")).OfType<WaitingRequest>().ToList();

        Assert.Equal(3, others.Count);
        Assert.All(others, request => Assert.False(request.Task.IsCompleted));
        var refused = requests.FindAll(request => request.Task.IsCompleted);
        Assert.Equal(requests[others.Count..], refused);
        Assert.All(await Task.WhenAll(refused.Select(request => request.Task)), Assert.False);
    }

    [Fact]
    public async Task The_caller_with_most_requests_gives_way_to_others()
    {
        var model = Cost("model", milliseconds: 60);
        var greedy = Enumerable.Range(0, 4).Select(_ => _queue.TryAdd(model, "greedy")!).ToList();

        var modest = _queue.TryAdd(model, "modest");

        Assert.NotNull(modest);
        Assert.False(await greedy[3].Task);
        Assert.True(_queue.Refuses(model, "greedy"));
        Assert.False(_queue.Refuses(model, "another"));
        Assert.Equal(4, _queue.Count);
    }

    [Fact]
    public void Models_are_served_in_proportion_to_their_time_and_callers_in_turn()
    {
        var (slow, quick) = (Cost("slow", milliseconds: 40), Cost("quick", milliseconds: 10));
        var names = new Dictionary<WaitingRequest, string>();
        foreach (var (cost, caller, count) in ((ModelCost, string, int)[])[(slow, "ana", 3), (quick, "bob", 5), (quick, "eve", 2)])
        {
            for (var i = 0; i < count; i++)
            {
                names.Add(_queue.TryAdd(cost, caller)!, $"{cost.Model} {caller}");
            }
        }

        var order = new List<string>();
        while (_queue.Count > 0)
        {
            var isFree = true;
            _queue.LetIn(_ => isFree && !(isFree = false));
            var next = names.Keys.First(request => request.Task.IsCompleted);
            order.Add(names[next]);
            names.Remove(next);
        }

        Assert.Equal(
            [
                "slow ana", "quick bob", "quick eve", "quick bob", "quick eve", "slow ana", "quick bob", "quick bob", "quick bob",
                "slow ana",
            ],
            order);
    }

    [Fact]
    public void Quick_models_go_on_where_slow_ones_have_all_of_their_permits()
    {
        _queue.TryAdd(Cost("slow", milliseconds: 100), "ana");
        var quick = _queue.TryAdd(Cost("quick", milliseconds: 1), "ana")!;

        _queue.LetIn(isSlow => !isSlow);

        Assert.True(quick.Task.IsCompletedSuccessfully);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task A_cancelled_request_leaves_its_place_to_others()
    {
        var model = Cost("model", milliseconds: 60);
        var requests = Enumerable.Range(0, 4).Select(_ => _queue.TryAdd(model, "ana")!).ToList();

        requests[1].Cancel(new CancellationToken(canceled: true));
        requests[1].Cancel(new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests[1].Task);
        Assert.Equal(3, _queue.Count);
        Assert.NotNull(_queue.TryAdd(model, "ana"));
        Assert.Null(_queue.TryAdd(model, "ana"));
    }

    private static ModelCost Cost(string model, double milliseconds)
    {
        var cost = new ModelCost(model, Permits, Permits);
        cost.Add((long)(milliseconds * System.Diagnostics.Stopwatch.Frequency / 1000));
        return cost;
    }
}
