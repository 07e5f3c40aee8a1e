using Microsoft.ML;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;
using ModelApi.Inference.Batches;
using PredictionEngines;

namespace ModelApi.Benchmarks.Engines;

/// <summary>What one row of an ML.NET model costs: compiled from its conversion, and by ML.NET's own <c>PredictionEngine</c>.</summary>
internal static class OneRowOfMlNet
{
    public const string Name = "bank-mlnet";

    private const double Tolerance = 1e-6;

    public static void Measure(double bar, Rounds rounds, Report report)
    {
        var model = BenchmarkModel.Load(Name);
        var raw = RawRows.Of(model.Rows, model.Rows.Rows);
        var context = new MLContext();
        var saved = context.Model.Load(Path.Combine(model.Bundle.Folder, "model.zip"), out _);
        using var engine = context.Model.CreatePredictionEngine<BankRow, BankPrediction>(saved);
        using var compiled = CompiledEngine.TryCompile(model.Bundle, out var reason);
        if (compiled is null)
        {
            report.Missing($"{Name}-engine", $"the model is not compiled: {reason}");
            return;
        }

        BankRow[] rows = [.. Enumerable.Range(0, raw.Count).Select(row => RowOf(model.Rows, row))];
        var features = new FeatureBatch(model.Signature);
        var predictions = new PredictionBatch(model.Signature);
        for (var row = 0; row < rows.Length; row++)
        {
            raw.FillOne(features, row);
            compiled.Score(features, predictions, CancellationToken.None);
            if (Math.Abs(predictions.ProbabilitiesOf(0)[1] - engine.Predict(rows[row]).Probability) > Tolerance)
            {
                throw new MeasuringException($"Compiled, {Name} does not answer row {row + 1} as ML.NET does.");
            }
        }

        var prediction = new BankPrediction();
        var figures = rounds.Measure(
            new Contestant("PredictionEngine.Predict, into an answer that is used again", rows.Length, () =>
            {
                foreach (var row in rows)
                {
                    engine.Predict(row, ref prediction);
                }
            }),
            new Contestant("compiled", rows.Length, () =>
            {
                for (var row = 0; row < raw.Count; row++)
                {
                    raw.FillOne(features, row);
                    compiled.Score(features, predictions, CancellationToken.None);
                }
            }));
        var bytes = figures[0].Bytes[0] / rows.Length;
        Report.Line(Name, $"{figures[0].Median / 1000:0.00} µs, {bytes:0.#} bytes per row: PredictionEngine.Predict");
        report.AtLeast(
            $"{Name}-engine", figures[0].Over(figures[1]), bar, "times as fast as PredictionEngine.Predict: one row, one thread");
    }

    private static BankRow RowOf(FeatureBatch batch, int row)
    {
        return new BankRow
        {
            Age = Number("age"),
            Job = Text("job"),
            Marital = Text("marital"),
            Education = Text("education"),
            Balance = Number("balance"),
            Housing = Text("housing"),
            Duration = Number("duration"),
            Campaign = Number("campaign"),
        };

        float Number(string name) => (float)batch.Numbers(batch.Signature.IndexOf(name))[row];

        string Text(string name) => batch.Texts(batch.Signature.IndexOf(name))[row]!;
    }
}
