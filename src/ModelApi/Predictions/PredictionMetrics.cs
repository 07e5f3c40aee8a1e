using System.Diagnostics.Metrics;
using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>Counts rows and times requests; free of allocation whether or not somebody listens.</summary>
internal sealed class PredictionMetrics : IPredictionObserver
{
    public const string MeterName = "ModelApi.Predictions";

    private readonly TimeProvider _time;
    private readonly Counter<long> _rows;
    private readonly Histogram<double> _duration;

    public PredictionMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _rows = meter.CreateCounter<long>("modelapi.predictions", "{row}", "Rows of prediction requests, by outcome.");
        _duration = meter.CreateHistogram<double>(
            "modelapi.prediction.duration", "s", "From the head of a prediction request to its answer.");
    }

    public void Observe(PredictionCall call)
    {
        var version = call.Version!;
        if (_rows.Enabled)
        {
            Add(version, call.ScoredRows, "scored");
            Add(version, call.Workspace!.Findings.InvalidRows.Count, "invalid");
        }

        if (_duration.Enabled)
        {
            _duration.Record(
                _time.GetElapsedTime(call.Start).TotalSeconds,
                new("model.name", version.Model),
                new("model.version", version.Version),
                new("status", StatusOf(call.Outcome)));
        }
    }

    private static string StatusOf(PredictionOutcome? outcome) => outcome switch
    {
        PredictionOutcome.Answered => "2xx",
        PredictionOutcome.Refused => "4xx",
        PredictionOutcome.Aborted => "aborted",
        _ => "5xx",
    };

    private void Add(ModelVersion version, int rows, string outcome)
    {
        if (rows > 0)
        {
            _rows.Add(rows, new("model.name", version.Model), new("model.version", version.Version), new("outcome", outcome));
        }
    }
}
