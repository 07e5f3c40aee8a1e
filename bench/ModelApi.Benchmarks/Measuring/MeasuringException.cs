namespace ModelApi.Benchmarks.Measuring;

/// <summary>Something that measuring needs is missing or wrong; the message says what, and what to do.</summary>
internal sealed class MeasuringException(string message) : Exception(message);
