using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Models;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Hosting;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Predictions_are_answered_over_TLS_with_the_configured_certificate(string version)
    {
        using var certificate = MakeCertificate();
        await using var host = Start(certificate);
        using var client = Client(host, certificate);
        using var request = Predict(Version.Parse(version));

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(version, response.Version.ToString());
        Assert.Equal("bank", (await response.ReadJsonAsync()).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Versions_of_TLS_below_the_configured_one_are_refused()
    {
        using var certificate = MakeCertificate();
        await using var host = Start(certificate, ("Kestrel:EndpointDefaults:SslProtocols:0", "Tls13"));
        using var client = Client(host, certificate, SslProtocols.Tls12);
        using var request = Predict(HttpVersion.Version11);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));

        // With the default setting the same client is answered.
        await using var other = Start(certificate);
        using var otherClient = Client(other, certificate, SslProtocols.Tls12);
        using var same = Predict(HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.OK, (await otherClient.SendAsync(same)).StatusCode);
    }

    [Fact]
    public async Task A_port_with_TLS_answers_nothing_in_plain_text()
    {
        using var certificate = MakeCertificate();
        await using var host = Start(certificate);
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync(new UriBuilder(AddressOf(host)) { Scheme = "http", Path = "/health/live" }.Uri));
    }

    private ModelApiHost Start(X509Certificate2 certificate, params (string, string)[] settings)
    {
        var (path, key) = (Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "server.key"));
        File.WriteAllText(path, certificate.ExportCertificatePem());
        using var secret = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
        var host = ModelApiHost.With(
        [
            ("urls", "https://127.0.0.1:0"),
            ("Kestrel:Certificates:Default:Path", path),
            ("Kestrel:Certificates:Default:KeyPath", key),
            .. settings,
        ]);
        host.UseKestrel();
        host.StartServer();
        host.Services.GetRequiredService<ModelLoading>().Completion.Wait(TimeSpan.FromSeconds(60));
        return host;
    }

    private static HttpClient Client(ModelApiHost host, X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.EnabledSslProtocols = protocols;
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, shown, _, _) => shown!.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData);
        return new HttpClient(handler)
        {
            BaseAddress = AddressOf(host),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ModelApiHost.Key) },
        };
    }

    private static HttpRequestMessage Predict(Version version) => new(HttpMethod.Post, "/predict")
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = Requests.Json(Requests.Row().ToJsonString()),
    };

    private static Uri AddressOf(ModelApiHost host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
    }
}
