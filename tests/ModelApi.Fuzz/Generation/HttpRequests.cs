using System.Globalization;
using System.Text;

namespace ModelApi.Fuzz.Generation;

/// <summary>
/// HTTP requests: predictions with bodies of <see cref="JsonBodies"/>, and requests whose head, framing or token is broken.
/// </summary>
internal sealed class HttpRequests(IReadOnlyList<ModelSchema> models, string key, Tokens? tokens)
{
    private static readonly string[] Queries =
    [
        "", "?", "?onInvalid=skip", "?onInvalid=reject", "?onInvalid=SKIP", "?onInvalid=", "?onInvalid=skip&onInvalid=skip",
        "?on_invalid=skip",
        "?envelope=true", "?envelope=false", "?envelope=maybe", "?envelope=true&onInvalid=skip", "?a=1", "?%00", "?onInvalid=%73kip",
        "?filter=overall", "?language=python", "?&&&&", "?onInvalid=skip%00", "?" ,
    ];

    private static readonly string[] Types =
    [
        "application/json; charset=utf-8", "application/json; charset=latin1", "text/plain", "application/vnd.x+json", "application/json;",
        "application/json; charset=\"utf-8\"", "application/json; charset=", "*/*", "json", "multipart/form-data; boundary=a",
        "application/xml",
        "application/json, text/plain", "", "application/json; a=\"", "APPLICATION/JSON",
    ];

    private static readonly string[] Authorizations =
    [
        "Basic abc123", "Bearer", "Bearer ", "bearer  {key} ", "Bearer {key} x", "Bearer \u00e9", "Token {key}",
        "Bearer {key}, Bearer {key}",
        "Bearer {KEY}", "Digest username=\"a\"", "Bearer ..", "Bearer ey..", "BEARER {key}",
    ];

    private static readonly string[] Timeouts =
        ["20", "0.5", "0", "-1", "1e3", "soon", "", "0.0000001", "99999999999", "NaN", "Infinity", "1,5", " 3 ", "0x10", "+5"];

    private static readonly string[] Traces =
    [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-0000000000000000-00", "00-x-y-z",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736\u009b31m00f067aa0ba902b7-01",
        "00.4bf92f3577b34da6a3ce929d0e0e4736.00f067aa0ba902b7.01", "",
    ];

    private static readonly string[] Headers =
    [
        "Accept-Encoding: gzip, br", "Accept-Encoding: *;q=0", "Accept-Encoding: gzip;q=zzz", "Expect: 100-continue", "Expect: x",
        "Accept: text/html",
        "If-None-Match: *", "If-None-Match: \"x\"", "If-Modified-Since: yesterday", "Range: bytes=0-1",
        "Connection: upgrade\r\nUpgrade: h2c",
        "Origin: http://a.example", "X-Forwarded-For: 1.2.3.4", "X-HTTP-Method-Override: DELETE", "Cookie: a=b", "Content-MD5: x",
        "TE: trailers",
        "Host: b", "Content-Type: text/plain", "Transfer-Encoding: identity", "tracestate: a=b,c=d", "baggage: a=b", "Forwarded: for=x",
        "X: \u00ff\u00fe", "Accept-Language: \u0001", "Connection: close", "Keep-Alive: 1000", "Max-Forwards: 0", "Trailer: X",
    ];

    private static readonly string[] BrokenHeaders =
        ["X", ": x", "X : y", " X: y", "X: y\r\n folded", "X\0: y", "X: y\0z", "\u00e9: x", "X: y\nZ: w", "X: y\rZ"];

    private static readonly string[] Methods =
    [
        "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "post", "", "P\u00d6ST", "POST\0", "PRI",
    ];

    private static readonly string[] Versions =
        ["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1 ", "http/1.1", "HTTP/1.1x", "HTTP/", "", "HTTP/1.10"];

    private static readonly string[] Targets =
    [
        "/", "//", "/./predict", "/predict/", "/PREDICT", "/predict%00", "/%70redict", "/predict;a=1", "*", "http://a/predict",
        "/models/%2e%2e/predict",
        "/../../etc/passwd", "/models/bank/../wine-quality/predict", "/%ff%fe", "/%", "/%zz", "/models//predict",
        "/models/bank%2Fversions%2F1/predict",
        "/predict#a", "predict", "/\u00e9", "/ predict", "/predict\t", "/models/bank/versions/99999999999999999999/predict",
        "/models/bnak/predict",
        "/docs/../predict", "/health/ready", "/health/live", "/health/startup", "/models", "/models/bank", "/models/bank/signature",
        "/models/bank/performance?filter=overall.", "/performance?filter=slices.0.n", "/args/split.seed", "/args/%00",
        "/code?language=cobol", "/docs",
        "/models/bank/code?language=go", "/openapi/v1.json", "/favicon.ico", "/models/bank/args/..%2f..", "/example", "/predict/batch",
        "/metrics",
    ];

    private static readonly string[] Chunks =
    [
        "zz\r\n", "ffffffff\r\n{}", "7fffffff\r\n{}", "ffffffffffffffffffff\r\n{}", "-1\r\n{}\r\n0\r\n\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n",
        "02\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}x\r\n0\r\n\r\n", "2\n{}\n0\n\n", "0\r\n", "0\r\nX: y\r\n\r\n", "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n", "2\r\n{",
        "\r\n", " 2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n", "2 \r\n{}\r\n0\r\n\r\n", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", "2;\r\n{}\r\n0\r\n\r\n", "80000000\r\n{}",
        "00000000000000000002\r\n{}\r\n0\r\n\r\n",
    ];

    private static readonly string[] Framings =
    [
        "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999", "Content-Length: 9223372036854775807",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 2, 2", "Content-Length: +2", "Content-Length:", "Content-Length: 200000000",
        "Transfer-Encoding: chunked\r\nContent-Length: 2",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: xchunked",
        "Transfer-Encoding:\tchunked", "Content-Length: 0", "X: y",
    ];

    private readonly JsonBodies[] _bodies = [.. models.Select(model => new JsonBodies(model))];

    /// <summary>A golden row, asked in the plainest way.</summary>
    public WireRequest Good(Random random)
    {
        var model = random.Pick(models);
        var golden = random.Pick(model.Golden);
        return Predict($"/models/{model.Name}/predict", Encoding.UTF8.GetBytes(golden.Input), []) with { Kind = "good", Golden = golden };
    }

    /// <summary>A hostile request.</summary>
    public WireRequest Next(Random random) => random.Next(100) switch
    {
        < 40 => Body(random),
        < 55 => Encoded(random),
        < 68 => Token(random),
        < 78 => Head(random),
        < 86 => Target(random),
        < 92 => Framing(random),
        < 97 => Bytes(random),
        _ => Cut(random),
    };

    /// <summary>A whole request whose body is changed; its head holds nothing unusual, or something harmless.</summary>
    public WireRequest Body(Random random)
    {
        var at = random.Next(models.Count);
        var body = _bodies[at].Next(random);
        return Predict(Path(random, models[at].Name), body.Content, Extra(random)) with { Kind = $"body, {body.Kind}" };
    }

    /// <summary>A prediction whose body is encoded, or claims to be.</summary>
    public WireRequest Encoded(Random random)
    {
        var at = random.Next(models.Count);
        var body = _bodies[at].Next(random).Content;
        var (kind, name, content) = Encodings.Next(random, body);
        return Predict(Path(random, models[at].Name), content, [$"Content-Encoding: {name}"]) with
        {
            Kind = $"encoding, {kind}",
            UnpackedBytes = body.Length,
        };
    }

    private WireRequest Token(Random random)
    {
        var (kind, authorization) = tokens is not null && random.Chance(0.7) && tokens.Next(random) is var (part, token)
            ? ($"token, {part}", $"Bearer {token}")
            : ("token, authorization header", random.Pick(Authorizations).Replace("{key}", key, StringComparison.Ordinal)
                .Replace("{KEY}", key.ToUpperInvariant(), StringComparison.Ordinal));
        var body = Encoding.UTF8.GetBytes(random.Pick(models[0].Golden).Input);
        return Predict("/predict", body, [], authorization) with { Kind = kind };
    }

    private WireRequest Head(Random random)
    {
        var at = random.Next(models.Count);
        var body = Encoding.UTF8.GetBytes(random.Pick(models[at].Golden).Input);
        switch (random.Next(5))
        {
            case 0:
                var headers = Enumerable.Range(0, random.Length(150)).Select(i => $"X-{i}: {new string('x', random.Length(2000))}");
                return Predict("/predict", body, [.. headers]) with { Kind = "head, many headers", MayBeUnanswered = true };
            case 1:
                return Predict("/predict", body, [random.Pick(BrokenHeaders)]) with
                {
                    Kind = "head, broken header",
                    MayBeUnanswered = true,
                };
            case 2:
                return Predict("/predict", body, [$"Request-Timeout: {random.Pick(Timeouts)}"]) with
                {
                    Kind = "head, deadline",
                    AsksForDeadline = true,
                };
            case 3:
                return Predict("/predict", body, [$"traceparent: {random.Pick(Traces)}"]) with
                {
                    Kind = "head, trace context",
                    MayBeUnanswered = true,
                };
            default:
                return Predict("/predict", body, [random.Pick(Headers), random.Pick(Headers)]) with
                {
                    Kind = "head, header",
                    MayBeUnanswered = true,
                };
        }
    }

    private WireRequest Target(Random random)
    {
        var (method, target, version) = ("GET", random.Pick(Targets), "HTTP/1.1");
        switch (random.Next(4))
        {
            case 0:
                method = random.Pick(Methods);
                break;
            case 1:
                version = random.Pick(Versions);
                break;
            case 2:
                target += random.Pick(Queries);
                break;
            default:
                method = "POST";
                break;
        }

        var authorization = random.Chance(0.7) ? $"Authorization: Bearer {key}\r\n" : "";
        return new WireRequest("target", Latin1($"{method} {target} {version}\r\nHost: a\r\n{authorization}\r\n"))
        {
            MayBeUnanswered = true,
        };
    }

    private WireRequest Framing(Random random)
    {
        var (kind, framing, body) = random.Chance(0.5)
            ? ("framing, chunks", "Transfer-Encoding: chunked", random.Pick(Chunks))
            : ("framing, length", random.Pick(Framings), "{}");
        var head = $"POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{framing}";
        return new WireRequest(kind, Latin1($"{head}\r\n\r\n{body}")) { MayBeUnanswered = true };
    }

    private WireRequest Bytes(Random random)
    {
        if (random.Chance(0.2))
        {
            return new WireRequest("noise", random.Bytes(random.Length(3000))) { MayBeUnanswered = true };
        }

        // Anywhere but in the key, which must not become that of another caller.
        var bytes = (byte[])Good(random).Bytes.Clone();
        var at = random.Next(bytes.Length);
        switch (random.Next(3))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes = [.. bytes[..at], .. random.Bytes(random.Length(20)), .. bytes[at..]];
                break;
            default:
                bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Length(50))..]];
                break;
        }

        return new WireRequest("bytes", bytes) { MayBeUnanswered = true };
    }

    private WireRequest Cut(Random random)
    {
        var bytes = random.Chance(0.5) ? Good(random).Bytes : Body(random).Bytes;
        return new WireRequest("cut", bytes[..random.Next(bytes.Length)]) { MayBeUnanswered = true };
    }

    /// <summary>A prediction with a head as clients send it.</summary>
    public WireRequest Predict(
        string path, byte[] body, IReadOnlyList<string> headers, string? authorization = null, string? framing = null)
    {
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: localhost\r\n")
            .Append(CultureInfo.InvariantCulture, $"Authorization: {authorization ?? "Bearer " + key}\r\n");
        if (!headers.Any(header => header.StartsWith("Content-Type:", StringComparison.Ordinal)))
        {
            head.Append("Content-Type: application/json\r\n");
        }

        foreach (var header in headers)
        {
            head.Append(header).Append("\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"{framing ?? $"Content-Length: {body.Length}"}\r\n\r\n");
        return new WireRequest("predict", [.. Latin1(head.ToString()), .. body]) { UnpackedBytes = body.Length };
    }

    private static string Path(Random random, string model)
    {
        var path = random.Next(4) switch
        {
            0 => $"/models/{model}/versions/1/predict",
            1 => $"/models/{model}/predict/batch",
            _ => $"/models/{model}/predict",
        };
        return random.Chance(0.15) ? path + random.Pick(Queries) : path;
    }

    // None of these makes a request invalid as HTTP.
    private static List<string> Extra(Random random)
    {
        var headers = new List<string>();
        if (random.Chance(0.1))
        {
            headers.Add("Accept-Encoding: gzip, br");
        }

        if (random.Chance(0.05))
        {
            headers.Add($"Content-Type: {random.Pick(Types)}");
        }

        return headers;
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
