namespace ModelApi.Cli.Tests;

public sealed class NameListTests
{
    [Theory]
    [InlineData("X=a", "X", "a")]
    [InlineData("X=a,b c,d=e", "X", "a", "b c", "d=e")]
    [InlineData("\"a=b\"=\"x,y\",\"say \"\"no\"\"\",z", "a=b", "x,y", "say \"no\"", "z")]
    public void Names_with_commas_equals_signs_and_quotes_are_quoted(string text, string key, params string[] names)
    {
        var parsed = NameList.TryParsePair(text);

        Assert.Equal(key, parsed!.Value.Key);
        Assert.Equal(names, parsed.Value.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X")]
    [InlineData("=a")]
    [InlineData("X=")]
    [InlineData("X=a,,b")]
    [InlineData("X=\"a")]
    [InlineData("X=\"a\"b")]
    public void What_is_no_list_of_names_is_refused(string text) => Assert.Null(NameList.TryParsePair(text));
}
