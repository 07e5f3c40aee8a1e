using ModelApi.Deployments.Rollouts;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class ShareTests
{
    /// <remarks>
    /// The intervals are those of SciPy 1.10.1:
    /// <code>python3 -c "from scipy.stats import binomtest; print(binomtest(31, 1000).proportion_ci(0.95, 'wilson'))"</code>
    /// </remarks>
    [Theory]
    [InlineData(0, 10, 0, 0.27753279986288926)]
    [InlineData(1, 10, 0.017876213095072896, 0.4041500267952385)]
    [InlineData(3, 100, 0.010254524024038925, 0.08451936429052762)]
    [InlineData(50, 100, 0.4038315303659956, 0.5961684696340044)]
    [InlineData(100, 100, 0.9630065017930143, 1)]
    [InlineData(31, 1000, 0.021924003447158568, 0.04366549601229214)]
    [InlineData(12, 345678, 1.9858934898825546e-05, 6.068176895533029e-05)]
    public void The_interval_is_the_one_that_SciPy_computes(long count, long trials, double low, double high)
    {
        var share = Share.Of(count, trials);

        Assert.Equal((double)count / trials, share.Value!.Value, 15);
        Assert.Equal(low, share.Low, 12);
        Assert.Equal(high, share.High, 12);
    }

    [Fact]
    public void Without_trials_the_share_may_be_anything() => Assert.Equal(new Share(0, null, 0, 1), Share.Of(0, 0));
}
