using System.Text.Json;

namespace ModelApi.Fuzz.Wire;

/// <summary>Compares answers with those of the trainer.</summary>
internal static class GoldenAnswer
{
    private const double Tolerance = 1e-6;

    /// <summary>Whether an answer has the trainer's label and, within 1e-6, each of its probabilities.</summary>
    public static bool IsRight(Golden golden, WireAnswer answer)
    {
        if (answer.Status != 200)
        {
            return false;
        }

        using var document = JsonDocument.Parse(answer.Body);
        var root = document.RootElement;
        var probabilities = root.GetProperty("probabilities");
        return Golden.LabelOf(root.GetProperty("prediction")) == golden.Label
            && probabilities.EnumerateObject().Count() == golden.Probabilities.Count
            && golden.Probabilities.All(expected =>
                probabilities.TryGetProperty(expected.Key, out var actual) && Math.Abs(actual.GetDouble() - expected.Value) <= Tolerance);
    }
}
