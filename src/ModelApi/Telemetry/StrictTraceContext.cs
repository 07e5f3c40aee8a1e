using System.Diagnostics;
using ModelApi.Errors;

namespace ModelApi.Telemetry;

/// <summary>The platform's propagator of trace context, for headers that are valid.</summary>
/// <remarks>The platform takes any text after a later version's ids, and makes all of it the id of the request's activity.</remarks>
internal sealed class StrictTraceContext(DistributedContextPropagator platform) : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields => platform.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        platform.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        platform.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        traceId = traceId is null ? null : TraceParent.TryRead(traceId);
        traceState = traceId is null ? null : traceState;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) =>
        platform.ExtractBaggage(carrier, getter);
}
