using System.Text.Json;
using ModelApi.Models;

namespace ModelApi.Tests.Models;

public sealed class DottedPathTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(
        """{"a":{"b":1,"c.d":2},"a.b":4,"e":[[5,6],{"f":7}],"g[0]":8,"h":null,"per.class":{"No. 1":{"f1":9}},"i":[]}""").RootElement;

    [Theory]
    [InlineData("a.b", "4")]
    [InlineData("a.c.d", "2")]
    [InlineData("e.0.1", "6")]
    [InlineData("e[0][1]", "6")]
    [InlineData("e.0[1]", "6")]
    [InlineData("e[1].f", "7")]
    [InlineData("g[0]", "8")]
    [InlineData("h", "null")]
    [InlineData("per.class.No. 1.f1", "9")]
    public void A_path_leads_to_a_part_also_through_keys_with_dots(string path, string expected)
    {
        var part = DottedPath.Find(Document, path, out _);

        Assert.Equal(expected, part!.Value.GetRawText());
    }

    [Theory]
    [InlineData("x", "", "x")]
    [InlineData("a.x", "a", "x")]
    [InlineData("a.", "", "a.")]
    [InlineData("a..b", "a", ".b")]
    [InlineData(".", "", ".")]
    [InlineData("[0]", "", "[0]")]
    [InlineData("e[2]", "e", "[2]")]
    [InlineData("e[0", "e", "[0")]
    [InlineData("e[]", "e", "[]")]
    [InlineData("e.-1", "e", "-1")]
    [InlineData("e.99999999999", "e", "99999999999")]
    [InlineData("e.0x", "e", "0x")]
    [InlineData("e[0]1", "e", "[0]1")]
    [InlineData("h.x", "h", "x")]
    [InlineData("i.0", "i", "0")]
    [InlineData("per.class.No. 2", "per.class", "No. 2")]
    public void A_path_that_leads_nowhere_says_how_far_it_leads(string path, string reached, string rest)
    {
        var part = DottedPath.Find(Document, path, out var miss);

        Assert.Null(part);
        Assert.Equal((reached, rest), (miss.Reached, miss.Rest));
    }

    [Fact]
    public void A_path_that_leads_nowhere_says_what_there_is()
    {
        DottedPath.Find(Document, "a.x", out var inObject);
        DottedPath.Find(Document, "e.5", out var inArray);
        DottedPath.Find(Document, "h.x", out var inValue);

        Assert.Equal(["b", "c.d"], inObject.Known);
        Assert.Equal(["0", "1"], inArray.Known);
        Assert.Empty(inValue.Known);
    }
}
