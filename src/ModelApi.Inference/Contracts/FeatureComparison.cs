using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Contracts;

/// <summary>Compares a feature with its former self.</summary>
internal static class FeatureComparison
{
    private const double MostInteger = 9007199254740992;

    /// <param name="old">The feature in the old version.</param>
    /// <param name="new">The feature in the new version, which names it.</param>
    /// <param name="unknown">What the new version does with an unknown category.</param>
    /// <param name="path">The path of the new feature.</param>
    /// <param name="differences">Receives the differences.</param>
    public static void Compare(Feature old, Feature @new, UnknownCategory unknown, string path, DifferenceList differences)
    {
        var name = $"Feature '{@new.Name}'";
        if (old.Type != @new.Type)
        {
            differences.Breaking(
                $"{path}.type",
                ContractChange.Changed,
                DifferenceList.NameOf(old.Type),
                DifferenceList.NameOf(@new.Type),
                $"{name} is of type {DifferenceList.NameOf(@new.Type)} (before: {DifferenceList.NameOf(old.Type)}).");
        }
        else
        {
            CompareNumbers(old, @new, name, path, differences);
            CompareCategories(old, @new, unknown, name, path, differences);
            CompareLengths(old, @new, name, path, differences);
            CompareShapes(old, @new, name, path, differences);
        }

        CompareMissing(old, @new, name, path, differences);
        CompareDescriptions(old, @new, name, path, differences);
    }

    private static void CompareMissing(Feature old, Feature @new, string name, string path, DifferenceList differences)
    {
        if (old.Nullable != @new.Nullable)
        {
            differences.Add(
                isBreaking: old.Nullable,
                $"{path}.nullable",
                @new.Nullable ? ContractChange.Widened : ContractChange.Narrowed,
                old.Nullable,
                @new.Nullable,
                @new.Nullable
                    ? $"{name} may be null or left out."
                    : $"{name} may no longer be null or left out. Such requests are refused.");
        }
        else if (old.MissingCategory != @new.MissingCategory)
        {
            differences.Compatible(
                $"{path}.missingCategory",
                ContractChange.Changed,
                old.MissingCategory,
                @new.MissingCategory,
                $"{name}: null is scored as {Meaning(@new)} (before: as {Meaning(old)}).");
        }

        static string Meaning(Feature feature) => feature.MissingCategory is { } category ? $"'{category}'" : "missing";
    }

    private static void CompareNumbers(Feature old, Feature @new, string name, string path, DifferenceList differences)
    {
        var (before, now) = (RangeOf(old), RangeOf(@new));
        if (before.Lowest != now.Lowest || before.Highest != now.Highest || before.IsWhole != now.IsWhole)
        {
            var isNarrower = now.Lowest > before.Lowest || now.Highest < before.Highest || (now.IsWhole && !before.IsWhole);
            differences.Add(
                isNarrower,
                path,
                isNarrower ? ContractChange.Narrowed : ContractChange.Widened,
                before.Text,
                now.Text,
                isNarrower
                    ? $"{name} must be {now.Text} (before: {before.Text}). Other numbers are refused."
                    : $"{name} may be {now.Text} (before: {before.Text}).");
        }

        CompareBound(old.Minimum, @new.Minimum, isMinimum: true, name, path, differences);
        CompareBound(old.Maximum, @new.Maximum, isMinimum: false, name, path, differences);
    }

    // Of a larger type, such as a 64-bit float, an integer feature takes these only.
    private static NumberRange RangeOf(Feature feature) => feature.Type == FeatureType.Integer
        ? feature.Range with
        {
            Lowest = Math.Max(feature.Range.Lowest, -MostInteger),
            Highest = Math.Min(feature.Range.Highest, MostInteger),
            IsWhole = true,
        }
        : feature.Range;

    // The bounds of the training data only warn, so that neither direction breaks a client.
    private static void CompareBound(double? old, double? @new, bool isMinimum, string name, string path, DifferenceList differences)
    {
        if (old == @new)
        {
            return;
        }

        var isWider = @new is null || (old is not null && (isMinimum ? @new < old : @new > old));
        var (member, extreme, beyond) = isMinimum ? ("minimum", "smallest", "Smaller") : ("maximum", "largest", "Larger");
        differences.Compatible(
            $"{path}.{member}",
            isWider ? ContractChange.Widened : ContractChange.Narrowed,
            old,
            @new,
            $"{name}: the {extreme} value seen in training is {Text(@new)} (before: {Text(old)})."
            + (isWider ? "" : $" {beyond} ones are scored with a warning."));

        static string Text(double? bound) => bound is { } value ? FormattableString.Invariant($"{value}") : "not stated";
    }

    private static void CompareCategories(
        Feature old, Feature @new, UnknownCategory unknown, string name, string path, DifferenceList differences)
    {
        path = $"{path}.categories";
        var isRefused = unknown == UnknownCategory.Reject;
        var consequence = isRefused ? "Requests with other values are refused." : "Other values are encoded as missing, with a warning.";
        switch (old.Categories, @new.Categories)
        {
            case ({ } before, { } now):
                var added = now.Names.Where(category => before.CodeOf(category) == CategoryTable.Unknown).ToList();
                var removed = before.Names.Where(category => now.CodeOf(category) == CategoryTable.Unknown).ToList();
                if (added.Count > 0)
                {
                    differences.Compatible(
                        path,
                        ContractChange.Widened,
                        null,
                        DifferenceList.ArrayOf(added),
                        $"{name} also takes {DifferenceList.Quote(added)}.");
                }

                if (removed.Count > 0)
                {
                    differences.Add(
                        isRefused,
                        path,
                        ContractChange.Narrowed,
                        DifferenceList.ArrayOf(removed),
                        null,
                        $"{name} no longer knows {DifferenceList.Quote(removed)}. {consequence}");
                }

                break;
            case (null, { } now):
                differences.Add(
                    isRefused,
                    path,
                    ContractChange.Narrowed,
                    null,
                    DifferenceList.ArrayOf(now.Names),
                    $"{name} takes {DifferenceList.Quote(now.Names)} (before: any text). {consequence}");
                break;
            case ({ } before, null):
                differences.Compatible(
                    path,
                    ContractChange.Widened,
                    DifferenceList.ArrayOf(before.Names),
                    null,
                    $"{name} takes any text (before: categories).");
                break;
        }
    }

    private static void CompareLengths(Feature old, Feature @new, string name, string path, DifferenceList differences)
    {
        if (old.MinimumLength != @new.MinimumLength)
        {
            var isNarrower = @new.MinimumLength > old.MinimumLength;
            differences.Add(
                isNarrower,
                $"{path}.minimumLength",
                isNarrower ? ContractChange.Narrowed : ContractChange.Widened,
                old.MinimumLength,
                @new.MinimumLength,
                $"{name} must have at least {@new.MinimumLength} characters (before: {old.MinimumLength}).");
        }

        if (old.MaximumLength != @new.MaximumLength)
        {
            var isNarrower = @new.MaximumLength < old.MaximumLength;
            differences.Add(
                isNarrower,
                $"{path}.maximumLength",
                isNarrower ? ContractChange.Narrowed : ContractChange.Widened,
                old.MaximumLength,
                @new.MaximumLength,
                $"{name} may have at most {@new.MaximumLength} characters (before: {old.MaximumLength}).");
        }
    }

    private static void CompareShapes(Feature old, Feature @new, string name, string path, DifferenceList differences)
    {
        if (old.Shape is { } before && @new.Shape is { } now && !before.SequenceEqual(now))
        {
            differences.Breaking(
                $"{path}.shape",
                ContractChange.Changed,
                Lengths(before),
                Lengths(now),
                $"{name} is a tensor of shape [{string.Join(", ", now)}] (before: [{string.Join(", ", before)}]).");
        }

        static JsonArray Lengths(IReadOnlyList<int> shape) => new([.. shape.Select(length => JsonValue.Create(length))]);
    }

    private static void CompareDescriptions(Feature old, Feature @new, string name, string path, DifferenceList differences)
    {
        if (old.Description != @new.Description)
        {
            differences.Compatible(
                $"{path}.description",
                ContractChange.Changed,
                old.Description,
                @new.Description,
                $"{name} is described in other words.");
        }

        if (!JsonNode.DeepEquals(old.Example, @new.Example))
        {
            differences.Compatible(
                $"{path}.example",
                ContractChange.Changed,
                old.Example?.DeepClone(),
                @new.Example?.DeepClone(),
                $"{name} has another example.");
        }
    }
}
