using ModelApi.Answers;
using ModelApi.Audit;
using ModelApi.Configuration;
using ModelApi.Deployments;
using ModelApi.Deployments.Rollouts;
using ModelApi.Errors;
using ModelApi.Health;
using ModelApi.Hosting;
using ModelApi.Identity;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Models;
using ModelApi.OpenApi;
using ModelApi.Overload;
using ModelApi.Predictions;
using ModelApi.Shutdown;
using ModelApi.Storage;
using ModelApi.Telemetry;

if (ProofProcess.IsAskedFor(args))
{
    return ProofProcess.Run(args);
}

if (CommandLine.TryAnswer(args))
{
    return 0;
}

if (HealthProbe.IsAskedFor(args))
{
    return await HealthProbe.RunAsync(args);
}

if (MoveStoreCommand.IsAskedFor(args))
{
    return await MoveStoreCommand.RunAsync(args);
}

OnnxRuntimeEnvironment.BeginLoading();
return await Startup.RunAsync(() =>
{
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Find(args) });
    builder.AddHosting();           // port, limits, what the console says
    builder.AddShutdown();          // draining
    builder.AddStorage();           // what survives a restart
    builder.AddTelemetry();         // the request log
    builder.AddAnswers();           // compression and the envelope
    builder.AddErrors();            // problem details
    builder.AddIdentity();          // API keys and JSON Web Tokens
    builder.AddModels();            // bundles on disk -> versions in memory
    builder.AddAudit();             // who changed what
    builder.AddPredictions();       // what is counted and timed
    builder.AddOverload();          // how many predictions at a time, and until when
    builder.AddRollouts();          // a new version beside the one in production
    builder.AddDeployments();       // what was decided about models
    builder.AddHealth();
    builder.AddOpenApiDocument();   // the document, typed from the registry, and Swagger UI

    var app = builder.Build();
    app.UseSettings(args);          // what cannot be used stops the start
    app.UseDeployments();           // nothing is in production before it is known what is
    app.UseModels();                // they load from here on
    app.UsePredictions();           // begins and ends each; plain ones are answered here, all else goes through what follows
    app.UseShutdown();              // closes connections while the server drains
    app.UseTelemetry();
    app.UseAnswers();
    app.UseErrors();
    app.UseHosting();
    app.UseIdentity();

    app.MapHealth();                // GET  /  /health/live  /health/ready  /health/startup
    app.MapOpenApiDocument();       // GET  /docs  /openapi/v1.json
    app.MapModels();                // GET  /models…  /signature  /example  /performance  /args  /code
    app.MapPredictions();           // POST /predict  /models/{name}/predict  /models/{name}/versions/{version}/predict
    app.MapDeployments();           // POST /models/{name}/versions/{version}/stage  /rollback  /history  /aliases…
    app.MapUploads();               // PUT  /models/{name}/versions/{version}  GET /models/{name}/versions/{version}/bundle
    app.MapRollouts();              // PUT GET DELETE /models/{name}/rollout
    app.MapVersionDiffs();          // GET  /models/{name}/versions/{version}/diff/{other}
    return app;
});
