using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;

namespace ModelApi.Benchmarks.Requests;

/// <summary>What does a whole prediction cost without a network: key, routing, validation, scoring, answer?</summary>
/// <remarks>
/// The in-memory server is part of it, and allocates more than Kestrel does: compare the rows of the table, not these with http.sh.
/// </remarks>
[MemoryDiagnoser]
public class WholeRequestBenchmark
{
    private const string DevelopmentKey = "abc123";

    private WebApplicationFactory<global::Program> _application = null!;
    private TestServer _server = null!;
    private byte[] _body = [];

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "bank";

    [Params("auto", "onnxruntime")]
    public string Engine { get; set; } = "auto";

    public static IEnumerable<string> Models => BenchmarkModel.Names;

    [GlobalSetup]
    public void Setup()
    {
        _application = new WebApplicationFactory<global::Program>().WithWebHostBuilder(host =>
        {
            host.UseContentRoot(Repository.Server);
            host.UseSetting("Models:Engine", Engine);

            // Thousands of lines would drown the results; http.sh measures with them.
            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        _server = _application.Server;
        _body = Encoding.UTF8.GetBytes(RequestJson.Of(BenchmarkModel.Load(Model).Signature, 1));
        var patience = DateTime.UtcNow.AddSeconds(60);
        while (SendAsync().GetAwaiter().GetResult() != StatusCodes.Status200OK)
        {
            if (DateTime.UtcNow > patience)
            {
                throw new MeasuringException($"The server did not answer a row of {Model} with 200 within a minute.");
            }

            Thread.Sleep(50);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _application.Dispose();

    [Benchmark]
    public async Task<int> SendAsync()
    {
        var context = await _server.SendAsync(request =>
        {
            request.Request.Method = "POST";
            request.Request.Path = $"/models/{Model}/predict";
            request.Request.ContentType = "application/json";
            request.Request.ContentLength = _body.Length;
            request.Request.Headers.Authorization = $"Bearer {DevelopmentKey}";
            request.Request.Body = new MemoryStream(_body);
        });
        await context.Response.Body.CopyToAsync(Stream.Null);
        return context.Response.StatusCode;
    }
}
