using System.Globalization;
using System.Text.Json;

namespace ModelApi.Inference.Packing;

/// <summary>Finds the output that holds what the golden rows hold.</summary>
/// <param name="told">The outputs that were told.</param>
/// <param name="outputs">What the graph's outputs hold for the golden rows.</param>
/// <param name="file">The name of the graph in messages.</param>
internal sealed class OutputMatching(ToldOutputs told, IReadOnlyList<ProbedOutput> outputs, string file)
{
    private const string OfNumbers =
        "Where the class follows from numbers, as in a network, write the trainer's own beside it, as 'probabilities' or 'scores' by "
        + "class. Otherwise, name the output with --answer label=OUTPUT.";

    /// <summary>Whether some output holds floats.</summary>
    public bool HasFloats => outputs.Any(output => output.AreFloats);

    /// <summary>The output that was told for a part of the answer, or null.</summary>
    public ProbedOutput? Told(string part) => told.Take(part);

    /// <summary>The output of classes that agrees best with the trainer's.</summary>
    /// <param name="expected">The trainer's class of each row, in its one spelling.</param>
    /// <param name="values">The type of the classes.</param>
    /// <param name="isNeeded">Whether the class cannot follow from numbers.</param>
    /// <returns>Null where no output holds classes.</returns>
    public ProbedOutput? FindLabel(IReadOnlyList<string> expected, LabelValues values, bool isNeeded)
    {
        if (Told("label") is { } named)
        {
            return named;
        }

        var candidates = outputs.Where(output => output.Columns == 1 && !output.AreFloats)
            .Select(output => (Output: output, Agreeing: Agreeing(output, expected, values)))
            .OrderByDescending(candidate => candidate.Agreeing)
            .ToList();
        return candidates switch
        {
            [] when isNeeded => throw NoneFits("label", "one class for each row", HasFloats ? OfNumbers : null),
            [] => null,
            [var first, var second, ..] when first.Agreeing == second.Agreeing => throw SeveralFit("label", first.Output, second.Output),
            [var best, ..] => best.Output,
        };
    }

    /// <summary>The output of labels, as many as there are targets, that agrees best with the trainer's; or null.</summary>
    /// <param name="expected">The trainer's labels, row by row.</param>
    /// <param name="share">How many of the labels have to agree, of 1.</param>
    public ProbedOutput? FindLabels(List<JsonElement[]> expected, double share) => outputs
        .Where(output => !output.AreFloats && output.Columns == expected[0].Length)
        .Select(output => (Output: output, Agreeing: Enumerable.Range(0, output.Rows * output.Columns)
            .Count(i => IsSame(output, i, expected[i / output.Columns]))))
        .Where(candidate => candidate.Agreeing >= candidate.Output.Rows * candidate.Output.Columns * share)
        .OrderByDescending(candidate => candidate.Agreeing)
        .FirstOrDefault().Output;

    /// <summary>The output of whole numbers that are all 1 or -1, as those of an outlier detector; or null.</summary>
    public ProbedOutput? FindSigns() => outputs.FirstOrDefault(output =>
        !output.AreFloats && output is { Columns: 1, Numbers: { } numbers } && Array.TrueForAll(numbers, number => number is 1 or -1));

    /// <summary>The output of numbers that is nearest to the trainer's.</summary>
    /// <param name="key">The key of the golden rows that holds them.</param>
    /// <param name="expected">The trainer's numbers, row by row.</param>
    /// <param name="columns">How many there are in a row.</param>
    /// <param name="role">The key in the manifest's outputs, where it differs.</param>
    /// <param name="isByClass">Whether they are numbers of classes.</param>
    /// <exception cref="PackException">No output has that many numbers, or two are the same.</exception>
    public ProbedOutput FindNumbers(string key, IReadOnlyList<double[]> expected, int columns, string? role = null, bool isByClass = false)
    {
        string[] parts = isByClass ? [key, "probabilities", "scores"] : [key, role ?? key];
        foreach (var part in parts.Distinct())
        {
            if (Told(part) is { } named)
            {
                return named;
            }
        }

        // A single probability or decision value stands for two classes; of one golden number, two columns hold it in the second.
        var candidates = outputs
            .Where(output => output.Numbers is not null && (output.AreFloats || key == "value")
                && (output.Columns == columns || (isByClass && output.Columns > 0 && output.Columns + columns == 3)))
            .Select(output => (Output: output, Difference: Difference(output, expected, key == "probabilities" ? 1 : 0)))
            .OrderBy(candidate => candidate.Difference)
            .ToList();
        return candidates switch
        {
            [] => throw NoneFits(key, columns == 1 ? "one number for each row" : $"{columns} numbers for each row"),
            [var first, var second, ..] when first.Difference == second.Difference =>
                throw SeveralFit(key, first.Output, second.Output),
            [var best, ..] => best.Output,
        };
    }

    /// <summary>What is said when no output fits.</summary>
    /// <param name="key">The key of the golden rows.</param>
    /// <param name="what">What an output would hold.</param>
    /// <param name="advice">What to do; null to name the output, or to leave the key out.</param>
    public PackException NoneFits(string key, string what, string? advice = null)
    {
        var tensors = outputs.Count == 0 ? " Export it with outputs that are tensors: a sequence or map is not read." : "";
        return new PackException(
            $"The golden rows hold '{key}', and no output of {file} holds {what}: it has {ProbedOutput.Describe(outputs)}.{tensors} "
            + (advice ?? $"Name the output with --answer {key}=OUTPUT, or leave '{key}' out of the golden rows."));
    }

    private PackException SeveralFit(string key, ProbedOutput first, ProbedOutput second) => new(
        $"Two outputs of {file} fit the golden '{key}' equally well: {first.Describe()} and {second.Describe()}. "
        + $"Name one with --answer {key}={first.Name}.");

    private static int Agreeing(ProbedOutput output, IReadOnlyList<string> expected, LabelValues values)
    {
        var agreeing = 0;
        for (var row = 0; row < expected.Count; row++)
        {
            var text = output.Texts?[row] ?? output.Numbers![row].ToString("R", CultureInfo.InvariantCulture);
            agreeing += values.Canonical(text) == expected[row] ? 1 : 0;
        }

        return agreeing;
    }

    private static bool IsSame(ProbedOutput output, int index, JsonElement[] row)
    {
        var target = index % output.Columns;
        return target < row.Length && (row[target].ValueKind, output.Numbers?[index]) switch
        {
            (JsonValueKind.Number, { } number) => row[target].GetDouble() == number,
            (JsonValueKind.True, { } number) => number == 1,
            (JsonValueKind.False, { } number) => number == 0,
            (JsonValueKind.String, null) => row[target].GetString() == output.Texts![index],
            _ => false,
        };
    }

    // The sum over the trainer's columns of the distance to the nearest of the output's, because their order is found out later.
    // The other of two classes has what is left of the whole: 1 of probabilities, 0 of decision values.
    private static double Difference(ProbedOutput output, IReadOnlyList<double[]> expected, double whole)
    {
        var columns = expected[0].Length;
        var sum = 0.0;
        for (var column = 0; column < columns; column++)
        {
            var nearest = double.PositiveInfinity;
            for (var candidate = 0; candidate < output.Columns; candidate++)
            {
                nearest = Math.Min(nearest, Distance(output, candidate, expected, column, number => number));
                nearest = output.Columns == 1 && columns == 2
                    ? Math.Min(nearest, Distance(output, candidate, expected, column, number => whole - number))
                    : nearest;
            }

            sum += nearest;
        }

        return double.IsNaN(sum) ? double.PositiveInfinity : sum;
    }

    private static double Distance(
        ProbedOutput output, int candidate, IReadOnlyList<double[]> expected, int column, Func<double, double> convert)
    {
        var sum = 0.0;
        for (var row = 0; row < expected.Count; row++)
        {
            sum += Math.Abs(convert(output.Numbers![(row * output.Columns) + candidate]) - expected[row][column]);
        }

        return sum;
    }
}
