using ModelApi.Telemetry;

namespace ModelApi.Tests.Telemetry;

public sealed class RequestEventsTests
{
    [Fact]
    public void Events_are_taken_once_and_in_order()
    {
        var events = new RequestEvents(4);
        events.Add(Event(1));
        events.Add(Event(2));

        Assert.Equal([1, 2], Statuses(events));
        events.Add(Event(3));
        Assert.Equal([3], Statuses(events));
        Assert.Equal([], Statuses(events));
        Assert.Equal(0, events.Dropped);
    }

    [Fact]
    public void An_event_for_a_full_queue_is_dropped_and_counted()
    {
        var events = new RequestEvents(2);
        for (var i = 1; i <= 5; i++)
        {
            events.Add(Event(i));
        }

        Assert.Equal(3, events.Dropped);
        Assert.Equal([1, 2], Statuses(events));
        events.Add(Event(6));
        Assert.Equal([6], Statuses(events));
        Assert.Equal(3, events.Dropped);
    }

    [Fact]
    public async Task Every_event_of_many_threads_is_taken_or_counted_as_dropped()
    {
        const int threads = 4, each = 20_000;
        var events = new RequestEvents(64);
        var taken = 0L;
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                events.Wait(TimeSpan.FromMilliseconds(1));
                taken += events.Take().Length;
            }
        });

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                events.Add(Event(i));
            }
        })));
        await done.CancelAsync();
        await reader;
        taken += events.Take().Length;

        Assert.Equal(threads * each, taken + events.Dropped);
        Assert.True(taken > 0);
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        var events = new RequestEvents(2048);
        var request = Event(200);
        events.Add(request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            events.Add(request);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RequestEvent Event(int status) => new("GET", "/", status, 0, 0, "-", null, null, null);

    private static int[] Statuses(RequestEvents events)
    {
        var taken = events.Take();
        var statuses = new int[taken.Length];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = taken[i].Status;
        }

        return statuses;
    }
}
