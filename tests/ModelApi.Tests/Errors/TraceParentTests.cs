using ModelApi.Errors;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Errors;

/// <summary>The cases of W3C Trace Context, section 3.2, and of its own test suite.</summary>
public sealed class TraceParentTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private const string Valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData(Valid, Valid)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff")]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData(
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what\u001b[2J",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what", null)]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", null)]
    [InlineData("0G-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", null)]
    [InlineData(Valid + "-", null)]
    [InlineData(Valid + "-what", null)]
    [InlineData(Valid + "0", null)]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A", null)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", null)]
    [InlineData("00\u001b4bf92f3577b34da6a3ce929d0e0e4736\u001b00f067aa0ba902b7\u001b01", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736\n00f067aa0ba902b7-01", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011", null)]
    [InlineData("", null)]
    public void A_header_is_read_by_the_letter(string header, string? id) => Assert.Equal(id, TraceParent.TryRead(header));

    [Theory]
    [InlineData(Valid, true)]
    [InlineData("00\u001b4bf92f3577b34da6a3ce929d0e0e4736\u001b00f067aa0ba902b7\u001b01", false)]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-00", false)]
    public async Task Only_a_valid_header_becomes_the_id_of_a_request(string header, bool isTaken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no/such/route");
        request.Headers.TryAddWithoutValidation("traceparent", header);

        var problem = await (await api.Client().SendAsync(request)).ReadProblemAsync(404, "not-found");

        Assert.Equal(isTaken, problem.GetProperty("traceId").GetString() == header);
    }
}
