using System.Text.Json;

namespace ModelApi.Tests.Fixtures;

internal static class GoldenAssert
{
    private const double Tolerance = 1e-6;

    /// <summary>Checks that an answer is the trainer's: the label equal, each probability within 1e-6.</summary>
    public static void AssertIs(this Golden golden, JsonElement answer)
    {
        Assert.Equal(golden.Label, Golden.LabelOf(answer.GetProperty("prediction")));
        Assert.Equal(
            golden.Probabilities.Keys.Order(StringComparer.Ordinal),
            answer.GetProperty("probabilities").EnumerateObject()
                .Select(probability => probability.Name)
                .Order(StringComparer.Ordinal));
        foreach (var (name, probability) in golden.Probabilities)
        {
            Assert.Equal(probability, answer.GetProperty("probabilities").GetProperty(name).GetDouble(), Tolerance);
        }
    }
}
