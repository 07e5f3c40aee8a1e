using System.Diagnostics.Metrics;

namespace ModelApi.Overload;

/// <summary>What is turned away, and what waits.</summary>
internal sealed class OverloadMetrics
{
    public const string MeterName = "ModelApi.Overload";

    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public OverloadMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _refused = _meter.CreateCounter<long>(
            "modelapi.overload.refused", "{request}", "Requests answered with 503 because too many waited.");
    }

    public void Refused(string model) => _refused.Add(1, new KeyValuePair<string, object?>("model.name", model));

    public void ObserveQueue(Func<int> length) =>
        _meter.CreateObservableUpDownCounter(
            "modelapi.overload.queue.length", length, "{request}", "Requests that wait for a permit to be scored.");
}
