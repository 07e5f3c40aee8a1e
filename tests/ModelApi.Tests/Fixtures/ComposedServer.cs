using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Answers;
using ModelApi.Errors;
using ModelApi.Health;
using ModelApi.Hosting;
using ModelApi.Identity;
using ModelApi.Models;
using ModelApi.Overload;
using ModelApi.Predictions;
using ModelApi.Shutdown;
using ModelApi.Telemetry;

namespace ModelApi.Tests.Fixtures;

/// <summary>The pipeline of Program.cs on a real port, with additions that a factory cannot make: to the routes themselves.</summary>
internal sealed class ComposedServer : IAsyncDisposable
{
    private const string Row =
        """{"age":41,"job":"management","marital":"married","education":"tertiary","balance":1506"""
        + ""","housing":"yes","duration":261,"campaign":1}""";

    private readonly WebApplication _app;

    private ComposedServer(WebApplication app) => _app = app;

    private int Port =>
        new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<ComposedServer> StartAsync(
        Action<IServiceCollection>? services = null,
        Action<RouteGroupBuilder>? conventions = null,
        Action<WebApplication>? middleware = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--urls", "http://127.0.0.1:0", "--Models:Batching:Mode", "Off"],
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = Path.Combine(Repository.Root, "src", "ModelApi"),
            EnvironmentName = "Development",
        });
        builder.AddHosting();
        builder.AddShutdown();
        builder.AddTelemetry();
        builder.AddAnswers();
        builder.AddErrors();
        builder.AddIdentity();
        builder.AddModels();
        builder.AddPredictions();
        builder.AddOverload();
        builder.AddHealth();
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseModels();
        app.UsePredictions();
        app.UseShutdown();
        app.UseTelemetry();
        app.UseAnswers();
        app.UseErrors();
        app.UseHosting();
        app.UseIdentity();
        middleware?.Invoke(app);
        var routes = app.MapPredictions();
        conventions?.Invoke(routes);
        await app.StartAsync();
        await app.Services.GetRequiredService<ModelLoading>().Completion;
        return new ComposedServer(app);
    }

    /// <summary>Sends a plain request.</summary>
    /// <returns>The whole answer, as it is on the wire.</returns>
    public Task<string> PostAsync() =>
        RawHttp.PostAsync(Port, "/predict", Row, ["Authorization: Bearer abc123", "Content-Type: application/json"]);

    public async Task<HttpStatusCode> StatusAsync() =>
        (HttpStatusCode)int.Parse((await PostAsync()).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
