using System.Globalization;
using System.Text;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Tests.Batches;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("7")]
    [InlineData("-2147483649")]
    [InlineData("999999999999999")]
    [InlineData("-999999999999999")]
    [InlineData("000000000000041")]
    public void A_short_whole_number_is_what_the_parser_says(string text)
    {
        Assert.True(WholeNumber.TryParse(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(
            BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
            BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1 ")]
    [InlineData("1000000000000000")]
    [InlineData("١")]
    public void Anything_else_is_left_to_the_parser(string text)
    {
        Assert.False(WholeNumber.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }
}
