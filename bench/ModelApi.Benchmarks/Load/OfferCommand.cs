using System.Globalization;
using System.Net;
using System.Text;
using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks.Load;

/// <summary>Sends one request again and again at a rate that does not depend on the answers; bench/overload.sh calls it.</summary>
/// <remarks>
/// A closed loop (wrk) waits for its answers and so offers no more than the server takes. Latency counts from the moment at
/// which a request was due: what the generator is late by is in it, and is printed as well.
/// </remarks>
internal static class OfferCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>
    /// Options: <c>--url</c>, <c>--body</c> (a file), <c>--key</c>, <c>--rate</c> (requests per second), <c>--seconds</c> and
    /// <c>--connections</c> (at most so many requests are on their way; further ones are not sent, and counted).
    /// Prints one line of <c>name=value</c>.
    /// </summary>
    public static int Run(Options options)
    {
        var url = new Uri(options.Text("url"));
        var request = Request(url, options.Text("key"), File.ReadAllBytes(options.Text("body")));
        var server = new IPEndPoint(IPAddress.Parse(url.Host), url.Port);
        using var offer = new Offer(server, request, (int)options.Number("connections", 1024));
        offer.Run(options.Number("rate", 100), TimeSpan.FromSeconds(options.Number("seconds", 10)), Patience);
        Console.WriteLine(offer.Summary());
        return 0;
    }

    private static byte[] Request(Uri url, string key, byte[] body)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"""
            POST {url.PathAndQuery} HTTP/1.1
            Host: {url.Authority}
            Authorization: Bearer {key}
            Content-Type: application/json
            Content-Length: {body.Length}


            """).ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
