using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Contracts;

/// <summary>Compares the features of two signatures: which are new, gone, renamed or reordered, and each with its former self.</summary>
internal static class FeatureListComparison
{
    // Looking for renamed features compares each one that is gone with each new one.
    private const int MostPairs = 10_000;

    public static void Compare(Signature old, Signature @new, DifferenceList differences)
    {
        var removed = old.Features.Where(feature => @new.IndexOf(feature.Name) < 0).ToList();
        var added = @new.Features.Where(feature => old.IndexOf(feature.Name) < 0).ToList();
        var former = FindRenamed(old, @new, removed, added);
        foreach (var feature in removed.Except(former.Values))
        {
            differences.Breaking(
                PathOf(old, feature),
                ContractChange.Removed,
                Summary(feature),
                null,
                $"Feature '{feature.Name}' was removed. Requests with it are refused.");
        }

        foreach (var feature in @new.Features)
        {
            var path = PathOf(@new, feature);
            if (former.TryGetValue(feature, out var renamed))
            {
                differences.Breaking(
                    $"{path}.name",
                    ContractChange.Renamed,
                    renamed.Name,
                    feature.Name,
                    $"Feature '{renamed.Name}' was renamed to '{feature.Name}'. Requests with the old name are refused.");
                FeatureComparison.Compare(renamed, feature, @new.UnknownCategory, path, differences);
            }
            else if (old.IndexOf(feature.Name) is var index and >= 0)
            {
                FeatureComparison.Compare(old.Features[index], feature, @new.UnknownCategory, path, differences);
            }
            else
            {
                differences.Add(
                    isBreaking: !feature.Nullable,
                    path,
                    ContractChange.Added,
                    null,
                    Summary(feature),
                    feature.Nullable
                        ? $"Feature '{feature.Name}' is new and optional."
                        : $"Feature '{feature.Name}' is new and required. Requests without it are refused.");
            }
        }

        CompareOrder(old, @new, differences);
    }

    private static void CompareOrder(Signature old, Signature @new, DifferenceList differences)
    {
        var before = old.Features.Select(feature => feature.Name).Where(name => @new.IndexOf(name) >= 0).ToList();
        var now = @new.Features.Select(feature => feature.Name).Where(name => old.IndexOf(name) >= 0).ToList();
        if (!before.SequenceEqual(now, StringComparer.Ordinal))
        {
            differences.Compatible(
                "$.features",
                ContractChange.Reordered,
                DifferenceList.ArrayOf(before),
                DifferenceList.ArrayOf(now),
                "The features are in another order. Requests name them, so the order does not matter.");
        }
    }

    // A renamed feature has the type of one that is gone, and either nearly its name, or its place and values.
    private static Dictionary<Feature, Feature> FindRenamed(
        Signature old, Signature @new, List<Feature> removed, List<Feature> added)
    {
        var former = new Dictionary<Feature, Feature>(ReferenceEqualityComparer.Instance);
        if ((long)removed.Count * added.Count > MostPairs)
        {
            return former;
        }

        foreach (var gone in removed)
        {
            var candidates = added.Where(feature => feature.Type == gone.Type && !former.ContainsKey(feature)).ToList();
            var name = NearestName.Find(gone.Name, candidates.Select(feature => feature.Name));
            var renamed = candidates.Find(feature => name is null
                ? @new.IndexOf(feature.Name) == old.IndexOf(gone.Name) && HaveSameValues(feature, gone)
                : feature.Name == name);
            if (renamed is not null)
            {
                former.Add(renamed, gone);
            }
        }

        return former;
    }

    private static bool HaveSameValues(Feature a, Feature b) =>
        a.Minimum == b.Minimum
        && a.Maximum == b.Maximum
        && AreSame(a.Categories?.Names, b.Categories?.Names)
        && AreSame(a.Shape, b.Shape);

    private static bool AreSame<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b) => a is null ? b is null : b is not null && a.SequenceEqual(b);

    private static string PathOf(Signature signature, Feature feature) => $"$.features[{signature.IndexOf(feature.Name)}]";

    private static JsonObject Summary(Feature feature) => new()
    {
        ["name"] = feature.Name,
        ["type"] = DifferenceList.NameOf(feature.Type),
        ["nullable"] = feature.Nullable,
    };
}
