using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads a tensor from a cell that holds nested JSON arrays, such as <c>[[0, 1], [2, 3]]</c>. Never throws.</summary>
internal sealed class CellTensorReader(Signature signature, FeatureRules rules)
{
    private readonly int[]?[] _shapes = [.. signature.Features.Select(feature => feature.Shape?.ToArray())];

    /// <summary>Reads one cell; the parameters are those of <see cref="CellFeatureReader.Read"/>.</summary>
    public void Read(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        if (cell is not [(byte)'[', ..])
        {
            findings.Error(row, signature.Features[feature].Name, $"Must be {rules.Expected(feature)}, as JSON.");
            return;
        }

        var definition = signature.Features[feature];
        var fill = new TensorFill(
            definition, _shapes[feature]!, batch.TensorToFill(index, feature), stackalloc int[Feature.MostDimensions]);
        if (Fault(ref fill, cell) is { } fault)
        {
            findings.Error(row, definition.Name, $"Must be {rules.Expected(feature)}. {fault}");
        }
        else if (fill.Unusual() is { } unusual)
        {
            findings.Warn(row, definition.Name, unusual);
        }
    }

    private static string? Fault(ref TensorFill fill, scoped ReadOnlySpan<byte> rest)
    {
        // After a number or the end of an array comes a comma or another end; after the rest comes an item.
        var isItemDue = true;
        do
        {
            rest = rest.TrimStart(" \t\r\n"u8);
            string? fault;
            switch (rest)
            {
                case [(byte)'[', ..] when isItemDue:
                    fault = fill.Open();
                    rest = rest[1..];
                    break;

                case [(byte)']', .. var after]:
                    fault = fill.Close();
                    rest = after;
                    isItemDue = false;
                    break;

                case [(byte)',', .. var after] when !isItemDue:
                    fault = null;
                    rest = after;
                    isItemDue = true;
                    break;

                case var item when isItemDue:
                    var end = item.IndexOfAny(",[] "u8);
                    var number = end < 0 ? item : item[..end];
                    fault = CellFeatureReader.TryNumber(number, out var value) ? fill.Add(value) : fill.Refuse("text");
                    rest = item[number.Length..];
                    isItemDue = false;
                    break;

                default:
                    return "It is not JSON.";
            }

            if (fault is not null)
            {
                return fault;
            }
        }
        while (!fill.IsDone);

        return rest.Trim(" \t\r\n"u8).IsEmpty ? null : "Something follows the outermost array.";
    }
}
