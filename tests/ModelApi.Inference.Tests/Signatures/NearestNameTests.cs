using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Signatures;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["age", "job", "marital", "education", "balance", "housing", "duration", "campaign"];

    [Theory]
    [InlineData("martial", "marital")]
    [InlineData("Marital", "marital")]
    [InlineData("maritalstatus", null)]
    [InlineData("agee", "age")]
    [InlineData("hous-ing", "housing")]
    [InlineData("blance", "balance")]
    [InlineData("salary", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_only_when_it_is_near(string word, string? expected)
    {
        Assert.Equal(expected, NearestName.Find(word, Names));
    }
}
