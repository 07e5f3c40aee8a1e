using System.Text.Json;

namespace ModelApi.Inference.Packing;

/// <summary>Facts about a model that its golden rows show: task, classes, and features that may be null.</summary>
internal sealed class GoldenFacts
{
    private GoldenFacts(IReadOnlyList<string>? classes, bool areIntegers, IReadOnlySet<string> nullFeatures)
    {
        Classes = classes;
        AreIntegers = areIntegers;
        NullFeatures = nullFeatures;
    }

    /// <summary>The classes in the order of the golden rows, or null for a regression.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>Whether labels are numbers.</summary>
    public bool AreIntegers { get; }

    /// <summary>The features that are null in some row.</summary>
    public IReadOnlySet<string> NullFeatures { get; }

    public static GoldenFacts Read(string file)
    {
        IReadOnlyList<string>? classes = null;
        var areIntegers = false;
        var isEmpty = true;
        var nulls = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var row = JsonDocument.Parse(line);
                var root = row.RootElement;
                nulls.UnionWith(root.GetProperty("input").EnumerateObject()
                    .Where(member => member.Value.ValueKind == JsonValueKind.Null)
                    .Select(member => member.Name));
                if (isEmpty && root.TryGetProperty("probabilities", out var probabilities))
                {
                    classes = [.. probabilities.EnumerateObject().Select(member => member.Name)];
                    areIntegers = root.GetProperty("label").ValueKind == JsonValueKind.Number;
                }

                isEmpty = false;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                throw new PackException(
                    $"{file}, line {number}: each line must be an object with 'input' and the trainer's "
                    + "'label' and 'probabilities' (or 'value' for a regression).");
            }
        }

        return isEmpty ? throw new PackException($"{file} holds no rows.") : new GoldenFacts(classes, areIntegers, nulls);
    }
}
