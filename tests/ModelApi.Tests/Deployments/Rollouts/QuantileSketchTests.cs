using ModelApi.Deployments.Rollouts;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class QuantileSketchTests
{
    /// <remarks>
    /// Values of both signs and of seven orders of magnitude. NumPy 1.24.2:
    /// <code>python3 -c "import numpy as np; i = np.arange(10000); v = np.sin(i) * np.exp(6 * np.cos(3 * i));
    /// print(np.quantile(v, [0, .01, .05, .25, .5, .75, .95, .99, 1], method='inverted_cdf'), v.mean(), abs(v).mean())"</code>
    /// </remarks>
    [Theory]
    [InlineData(0, -350.30019946414683)]
    [InlineData(0.01, -341.2295722455138)]
    [InlineData(0.05, -182.35021505811076)]
    [InlineData(0.25, -0.5954768722003116)]
    [InlineData(0.5, 1.988249484381662e-05)]
    [InlineData(0.75, 0.5873815240344195)]
    [InlineData(0.95, 181.06907681571153)]
    [InlineData(0.99, 341.08785310702245)]
    [InlineData(1, 350.31633649406143)]
    public void A_quantile_is_within_one_per_cent_of_the_one_that_NumPy_computes(double share, double expected)
    {
        var sketch = Fill();

        Assert.InRange(sketch.Quantile(share)!.Value / expected, 0.99, 1.01);
        Assert.InRange(QuantileSketch.Of(sketch.ToStored()).Quantile(share)!.Value / expected, 0.99, 1.01);
    }

    [Fact]
    public void Sums_and_ends_are_exact()
    {
        var sketch = QuantileSketch.Of(Fill().ToStored());

        Assert.Equal(10_000, sketch.Count);
        Assert.Equal(0.018284274694956727, sketch.Sum / sketch.Count, 9);
        Assert.Equal(40.9187267086108, sketch.SumOfMagnitudes / sketch.Count, 9);
        Assert.Equal(-350.30019946414683, sketch.Minimum, 9);
        Assert.Equal(350.31633649406143, sketch.Maximum, 9);
    }

    [Fact]
    public void Equal_values_have_that_value_as_every_quantile()
    {
        var sketch = new QuantileSketch();
        for (var i = 0; i < 100; i++)
        {
            sketch.Add(0.3);
        }

        Assert.Equal([0.3, 0.3, 0.3], new[] { 0, 0.5, 1 }.Select(share => sketch.Quantile(share)!.Value));
    }

    [Fact]
    public void Without_values_there_is_no_quantile()
    {
        var sketch = QuantileSketch.Of(new QuantileSketch().ToStored());

        Assert.Null(sketch.Quantile(0.5));
        Assert.Equal(0, sketch.Count);
    }

    [Fact]
    public void Values_of_any_size_take_bounded_memory()
    {
        var sketch = new QuantileSketch();
        for (var exponent = -308; exponent <= 308; exponent++)
        {
            for (var digit = 1; digit <= 99; digit++)
            {
                sketch.Add(digit * Math.Pow(10, exponent - 1));
                sketch.Add(-digit * Math.Pow(10, exponent - 1));
            }
        }

        Assert.InRange(sketch.ToStored().Keys.Length, 1000, 6000);
    }

    private static QuantileSketch Fill()
    {
        var sketch = new QuantileSketch();
        for (var i = 0; i < 10_000; i++)
        {
            sketch.Add(Math.Sin(i) * Math.Exp(6 * Math.Cos(3 * i)));
        }

        return sketch;
    }
}
