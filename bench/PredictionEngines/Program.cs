using PredictionEngines;

// As ML.NET's tutorial has it, without its log.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSingleton(new PredictionEnginePool<BankRow, BankPrediction>(
    Path.Combine(AppContext.BaseDirectory, "model.zip"), notesOrigin: builder.Configuration.GetValue("NotesOrigin", true)));

var app = builder.Build();
app.MapPost(
    "/predict", async (PredictionEnginePool<BankRow, BankPrediction> pool, BankRow row) => await Task.FromResult(pool.Predict(row)));
await app.RunAsync();
