using System.Globalization;
using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Finds the output that holds what the golden rows hold.</summary>
/// <param name="request">The outputs that were told.</param>
/// <param name="outputs">What the graph's outputs hold for the golden rows.</param>
/// <param name="file">The name of the graph in messages.</param>
internal sealed class OutputMatching(PackRequest request, IReadOnlyList<ProbedOutput> outputs, string file)
{
    /// <summary>Whether some output holds floats.</summary>
    public bool HasFloats => outputs.Any(output => output.AreFloats);

    /// <summary>The output of that name.</summary>
    /// <exception cref="PackException">There is none.</exception>
    public ProbedOutput Named(string name)
    {
        var meant = NearestName.Find(name, outputs.Select(output => output.Name));
        return outputs.FirstOrDefault(output => output.Name == name) ?? throw new PackException(
            $"--answer: {file} has no output '{name}'{(meant is null ? "." : $"; did you mean '{meant}'?")} It has {All()}.");
    }

    /// <summary>The output that was told for a part of the answer, or null.</summary>
    public ProbedOutput? Told(string key) => request.Answer.GetValueOrDefault(key) is [var name] ? Named(name) : null;

    /// <summary>The output of classes that agrees best with the trainer's.</summary>
    /// <param name="expected">The trainer's class of each row, in its one spelling.</param>
    /// <param name="values">The type of the classes.</param>
    /// <param name="isNeeded">Whether the class cannot follow from numbers.</param>
    /// <returns>Null where no output holds classes.</returns>
    public ProbedOutput? FindLabel(IReadOnlyList<string> expected, LabelValues values, bool isNeeded)
    {
        if (Told("label") is { } told)
        {
            return told;
        }

        var candidates = outputs.Where(output => output.Columns == 1 && !output.AreFloats)
            .Select(output => (Output: output, Agreeing: Agreeing(output, expected, values)))
            .OrderByDescending(candidate => candidate.Agreeing)
            .ToList();
        return candidates switch
        {
            [] when isNeeded => throw NoneFits("label", "one class for each row"),
            [] => null,
            [var first, var second, ..] when first.Agreeing == second.Agreeing => throw SeveralFit("label", first.Output, second.Output),
            [var best, ..] => best.Output,
        };
    }

    /// <summary>The output of whole numbers that equals the labels of several targets, or null.</summary>
    public ProbedOutput? FindLabels(List<JsonElement[]> expected) => outputs.FirstOrDefault(output =>
        !output.AreFloats && output.Numbers is { } numbers && output.Columns == expected[0].Length
        && Enumerable.Range(0, numbers.Length).Count(i => IsSame(numbers[i], expected[i / output.Columns], i % output.Columns))
            >= numbers.Length * 9 / 10);

    /// <summary>The output of whole numbers that are all 1 or -1, as those of an outlier detector; or null.</summary>
    public ProbedOutput? FindSigns() => outputs.FirstOrDefault(output =>
        !output.AreFloats && output is { Columns: 1, Numbers: { } numbers } && Array.TrueForAll(numbers, number => number is 1 or -1));

    /// <summary>The output of numbers that is nearest to the trainer's.</summary>
    /// <param name="key">The key of the golden rows that holds them.</param>
    /// <param name="expected">The trainer's numbers, row by row.</param>
    /// <param name="columns">How many there are in a row.</param>
    /// <param name="role">The key in the manifest's outputs, where it differs.</param>
    /// <exception cref="PackException">No output has that many numbers, or two are the same.</exception>
    public ProbedOutput FindNumbers(string key, IReadOnlyList<double[]> expected, int columns, string? role = null)
    {
        foreach (var name in new[] { role ?? key, "probabilities", "scores" }.Distinct())
        {
            if (Told(name) is { } told)
            {
                return told;
            }
        }

        // A single probability or decision value stands for two classes; of one golden number, two columns hold it in the second.
        var candidates = outputs
            .Where(output => output.Numbers is not null && (output.AreFloats || key == "value")
                && (output.Columns == columns || (key != "value" && output.Columns + columns == 3)))
            .Select(output => (Output: output, Difference: Difference(output, expected)))
            .OrderBy(candidate => candidate.Difference)
            .ToList();
        return candidates switch
        {
            [] => throw NoneFits(role ?? key, columns == 1 ? "one number for each row" : $"{columns} numbers for each row"),
            [var first, var second, ..] when first.Difference == second.Difference =>
                throw SeveralFit(role ?? key, first.Output, second.Output),
            [var best, ..] => best.Output,
        };
    }

    /// <summary>What is said when no output fits.</summary>
    public PackException NoneFits(string key, string what)
    {
        var maps = outputs.Count == 0 || key is "probabilities" or "scores"
            ? " Of a scikit-learn classifier, export without ZipMap: options={id(model): {'zipmap': False}}." : "";
        return new PackException(
            $"The golden rows hold '{key}', and no output of {file} holds {what}: it has {All()}.{maps} "
            + $"Name the output with --answer {key}=OUTPUT, or leave '{key}' out of the golden rows.");
    }

    private PackException SeveralFit(string key, ProbedOutput first, ProbedOutput second) => new(
        $"Two outputs of {file} fit the golden '{key}' equally well: {first.Describe()} and {second.Describe()}. "
        + $"Name one with --answer {key}={first.Name}.");

    private string All() =>
        outputs.Count == 0 ? "no output that is a tensor" : string.Join(", ", outputs.Select(output => output.Describe()));

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

    private static bool IsSame(double number, JsonElement[] row, int target) => target < row.Length && row[target].ValueKind switch
    {
        JsonValueKind.Number => row[target].GetDouble() == number,
        JsonValueKind.True => number == 1,
        JsonValueKind.False => number == 0,
        _ => false,
    };

    // The sum over the trainer's columns of the distance to the nearest of the output's, because their order is found out later.
    private static double Difference(ProbedOutput output, IReadOnlyList<double[]> expected)
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
                    ? Math.Min(nearest, Distance(output, candidate, expected, column, number => 1 - number))
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
