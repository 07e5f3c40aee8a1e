using System.Net;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>What the commands of this folder share: the server's address, and requests for it.</summary>
/// <param name="Server">Its address.</param>
/// <param name="Requests">Requests of the good caller.</param>
/// <param name="Attacker">Requests of the attacker.</param>
/// <param name="Worst">The attacker's large bodies.</param>
internal sealed record Arms(IPEndPoint Server, HttpRequests Requests, HttpRequests Attacker, WorstBodies Worst)
{
    /// <summary>Issuer and audience of the tokens that bench/hostile.sh lets the server take.</summary>
    private const string Issuer = "https://issuer.bench";

    private const string Audience = "modelapi";

    /// <summary>
    /// Options: <c>--url</c>, <c>--models</c> (the folder that the server serves), <c>--key</c>, <c>--attacker-key</c> (the same one
    /// without it), <c>--token-key</c> (the Base64 of the key that signs tokens; no tokens without it).
    /// </summary>
    public static Arms Of(Options options)
    {
        var url = new Uri(options.Text("url"));
        var models = ModelSchema.ReadAll(options.Text("models"));
        var tokens = options.Find("token-key") is { } key ? new Tokens(Convert.FromBase64String(key), Issuer, Audience) : null;
        var attacker = new HttpRequests(models, options.Find("attacker-key") ?? options.Text("key"), tokens);
        return new Arms(
            new IPEndPoint(IPAddress.Parse(url.Host), url.Port),
            new HttpRequests(models, options.Text("key"), tokens),
            attacker,
            new WorstBodies(models, attacker));
    }
}
