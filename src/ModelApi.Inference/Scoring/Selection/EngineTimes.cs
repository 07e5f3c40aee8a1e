using System.Globalization;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>What one row alone takes, in microseconds.</summary>
/// <param name="Compiled">In the compiled engine.</param>
/// <param name="Reference">In ONNX Runtime.</param>
internal readonly record struct EngineTimes(double Compiled, double Reference)
{
    // Less than this is noise.
    private const double Margin = 1.1;

    /// <summary>Whether ONNX Runtime is the faster one.</summary>
    public bool IsCompiledSlower => Compiled > Margin * Reference;

    /// <summary>Both times, as a sentence goes on after "A row".</summary>
    public override string ToString() => $"takes {Format(Compiled)} µs compiled and {Format(Reference)} µs on ONNX Runtime";

    private static string Format(double microseconds) =>
        microseconds.ToString(microseconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
