using System.Diagnostics;
using ModelApi.Overload;

namespace ModelApi.Tests.Overload;

public sealed class ThreadReserveTests
{
    private static readonly long SlowAgo = Stopwatch.Frequency;

    [Fact]
    public void Three_slow_requests_in_a_row_widen_the_pool_and_fewer_do_not()
    {
        const int Permits = 20;
        var reserve = new ThreadReserve(Permits);

        Stop(reserve, slow: 2);
        reserve.Stop(Stopwatch.GetTimestamp() + SlowAgo);
        Stop(reserve, slow: 2);
        var isKeptBefore = reserve.IsKept;
        Stop(reserve, slow: 1);

        Assert.Equal((false, true), (isKeptBefore, reserve.IsKept));
        Assert.InRange(MinThreads(), Permits + (2 * Environment.ProcessorCount), int.MaxValue);
        Assert.Equal(10, Enumerable.Range(0, 640).Count(_ => reserve.Start() != 0));
    }

    [Fact]
    public void One_request_of_many_is_timed_until_one_was_slow()
    {
        var reserve = new ThreadReserve(permits: 1);

        var timed = Enumerable.Range(0, 640).Count(_ => reserve.Start() != 0);
        Stop(reserve, slow: 1);

        Assert.Equal(10, timed);
        Assert.NotEqual(0, reserve.Start());
        Assert.NotEqual(0, reserve.Start());
    }

    private static void Stop(ThreadReserve reserve, int slow)
    {
        for (var i = 0; i < slow; i++)
        {
            reserve.Stop(Stopwatch.GetTimestamp() - SlowAgo);
        }
    }

    private static int MinThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }
}
