using Echo;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EchoJson.Default));

var app = builder.Build();
app.MapPost("/echo", (BankRow row) => row);
await app.RunAsync();
