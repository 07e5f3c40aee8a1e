using System.Diagnostics.Metrics;
using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>Counts rows and times requests; free of allocation whether or not somebody listens.</summary>
internal sealed class PredictionMetrics
{
    public const string MeterName = "ModelApi.Predictions";

    private static readonly string[] StatusClasses = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly TimeProvider _time;
    private readonly Counter<long> _rows;
    private readonly Histogram<double> _duration;

    public PredictionMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _rows = meter.CreateCounter<long>("modelapi.predictions", "{row}", "Rows of prediction requests, by what became of them.");
        _duration = meter.CreateHistogram<double>("modelapi.prediction.duration", "s", "From a prediction request to its answer.");
    }

    /// <summary>Counts the rows of a request that was answered.</summary>
    /// <param name="version">What was asked.</param>
    /// <param name="scored">How many have an answer.</param>
    /// <param name="invalid">How many were at fault.</param>
    public void Count(ModelVersion version, int scored, int invalid)
    {
        if (!_rows.Enabled)
        {
            return;
        }

        Add(version, scored, "scored");
        Add(version, invalid, "invalid");
    }

    /// <param name="version">What was asked.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="start">The request's start, of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Answered(ModelVersion version, int status, long start)
    {
        if (_duration.Enabled)
        {
            _duration.Record(
                _time.GetElapsedTime(start).TotalSeconds,
                new("model.name", version.Model),
                new("model.version", version.Version),
                new("status", StatusClasses[status / 100]));
        }
    }

    private void Add(ModelVersion version, int rows, string outcome)
    {
        if (rows > 0)
        {
            _rows.Add(rows, new("model.name", version.Model), new("model.version", version.Version), new("outcome", outcome));
        }
    }
}
