using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads a tensor from the nested arrays of a JSON request.</summary>
internal sealed class JsonTensorReader(Signature signature, FeatureRules rules)
{
    // Some microseconds of work.
    private const int NumbersBetweenLooks = 4096;

    private readonly int[]?[] _shapes = [.. signature.Features.Select(feature => feature.Shape?.ToArray())];

    /// <summary>Reads one tensor; the parameters are those of <see cref="JsonValueReader.Read"/>.</summary>
    /// <param name="reader">At the beginning of the outermost array; afterwards at its end.</param>
    /// <param name="index">The row in the batch.</param>
    /// <param name="row">The row in the request.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="batch">Receives the numbers.</param>
    /// <param name="findings">Receives what is wrong or unusual about them.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    public void Read(
        ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings,
        CancellationToken cancellationToken)
    {
        var shape = _shapes[feature]!;
        var definition = signature.Features[feature];
        var fill = new TensorFill(definition, shape, batch.TensorToFill(index, feature), stackalloc int[Feature.MostDimensions]);
        var depth = reader.CurrentDepth;
        var fault = fill.Open();
        while (!fill.IsDone && fault is null && reader.Read())
        {
            fault = reader.TokenType switch
            {
                JsonTokenType.Number => fill.Add(ToDouble(ref reader)),
                JsonTokenType.StartArray => fill.Open(),
                JsonTokenType.EndArray => fill.Close(),
                var other => fill.Refuse(JsonText.Describe(other)),
            };
            if (fill.Filled % NumbersBetweenLooks == NumbersBetweenLooks - 1)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        if (fault is not null)
        {
            findings.Error(row, definition.Name, $"Must be {rules.Expected(feature)}. {fault}");
            SkipTo(ref reader, depth, cancellationToken);
        }
        else if (fill.Unusual() is { } unusual)
        {
            findings.Warn(row, definition.Name, unusual);
        }
    }

    private static void SkipTo(ref Utf8JsonReader reader, int depth, CancellationToken cancellationToken)
    {
        for (var tokens = 1; reader.CurrentDepth > depth && reader.Read(); tokens++)
        {
            if (tokens % NumbersBetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static double ToDouble(ref Utf8JsonReader reader) =>
        WholeNumber.TryParse(reader.ValueSpan, out var value) || reader.TryGetDouble(out value) ? value : double.PositiveInfinity;
}
