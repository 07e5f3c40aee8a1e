using System.Text;
using ModelApi.Inference.Registry;
using ModelApi.Predictions;

namespace ModelApi.Tests.Predictions;

/// <summary>What a canary is chosen by.</summary>
public sealed class FirstRowTests
{
    [Theory]
    [InlineData("""{"age":41}""", "41")]
    [InlineData("""{"job":"x","age":41.0}""", "41")]
    [InlineData("""{"job":{"age":1},"age":4.1e1}""", "41")]
    [InlineData("""[{"age":41},{"age":42}]""", "41")]
    [InlineData("""{"instances":[{"job":[1,2],"age":41},{"age":42}]}""", "41")]
    [InlineData("""{"\u0061ge":"f\u00fcnf"}""", "fünf")]
    [InlineData("""{"age":true}""", "true")]
    [InlineData("\uFEFF{\"age\":41}", "41")]
    [InlineData("""{"age":41,"job":""", "41")]
    [InlineData("""{"age":null}""", null)]
    [InlineData("""{"age":[41]}""", null)]
    [InlineData("""{"job":"x"}""", null)]
    [InlineData("""{"job":"x","instances":[{"age":41}]}""", null)]
    [InlineData("""{"instances":{"age":41}}""", null)]
    [InlineData("""{"instances":[41]}""", null)]
    [InlineData("[]", null)]
    [InlineData("41", null)]
    [InlineData("", null)]
    [InlineData("{", null)]
    [InlineData("""{"age":"\ud800"}""", null)]
    [InlineData("""{"\ud800":1,"age":41}""", null)]
    public void A_feature_of_the_first_row_is_found_as_a_text(string body, string? value) =>
        Assert.Equal(value, FirstRow.Find(Encoding.UTF8.GetBytes(body), "instances", "age"));

    [Fact]
    public void A_body_of_nothing_but_brackets_is_given_up() =>
        Assert.Null(FirstRow.Find(Encoding.UTF8.GetBytes(new string('[', 1_000_000)), "instances", "age"));

    [Theory]
    [InlineData("caller", RolloutKeyKind.Caller, "")]
    [InlineData("header:X-Client", RolloutKeyKind.Header, "X-Client")]
    [InlineData("feature:age of client", RolloutKeyKind.Feature, "age of client")]
    public void A_key_names_what_it_goes_by(string text, RolloutKeyKind kind, string name) =>
        Assert.Equal(new RolloutKey(kind, name), RolloutKey.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Caller")]
    [InlineData("header:")]
    [InlineData("header:a b")]
    [InlineData("header:a\r\nb")]
    [InlineData("feature:")]
    [InlineData("cookie:a")]
    public void Any_other_text_is_no_key(string text) => Assert.Null(RolloutKey.TryParse(text));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(100)]
    public void A_canary_takes_its_share_of_the_keys_and_the_same_ones_each_time(double percent)
    {
        var rollout = new Rollout("a1", "2", RolloutMode.Canary, percent, "caller");
        var larger = rollout with { Percent = Math.Min(100, percent + 20) };
        var keys = Enumerable.Range(0, 20_000).Select(number => $"client {number}").ToList();

        var taken = keys.Where(rollout.Takes).ToList();

        // Four standard deviations.
        var deviation = 4 * Math.Sqrt(percent * (100 - percent) / keys.Count);
        Assert.InRange(100.0 * taken.Count / keys.Count, percent - deviation, percent + deviation);
        Assert.Equal(taken, keys.Where(rollout.Takes));
        Assert.All(taken, key => Assert.True(larger.Takes(key)));
    }
}
