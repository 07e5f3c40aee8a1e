using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Makes rows up that look like those of the training, each feature by itself: combinations that no golden row has.</summary>
/// <remarks>
/// Features are drawn from the histograms of <c>reference.json</c>; where it says nothing, from the golden rows. A few values
/// are missing, unknown, or the very edge of a histogram's bin, where that is allowed.
/// </remarks>
internal static class SyntheticRows
{
    private const int Rows = 256;

    // The same rows at every start.
    private const int Seed = 20261121;

    private const double ShareMissing = 0.05;
    private const double ShareUnknown = 0.03;
    private const double ShareOnEdge = 0.1;

    public static FeatureBatch Draw(Bundle bundle)
    {
        var random = new Random(Seed);
        var signature = bundle.Manifest.Signature;
        var rows = new FeatureBatch(signature, Rows);
        var histograms = new Histogram?[signature.Features.Count];
        for (var i = 0; i < histograms.Length; i++)
        {
            histograms[i] = Histogram.TryRead(bundle.Reference, signature.Features[i]);
        }

        var golden = bundle.Golden.Features;
        for (var row = 0; row < Rows; row++)
        {
            rows.AddRow();
            for (var feature = 0; feature < histograms.Length; feature++)
            {
                if (signature.Features[feature].Nullable && random.NextDouble() < ShareMissing)
                {
                    continue;
                }

                if (signature.Features[feature].Type == FeatureType.String)
                {
                    DrawText(rows, row, feature, histograms[feature], golden, random);
                }
                else
                {
                    rows.SetNumber(row, feature, histograms[feature]?.DrawNumber(random) ?? golden.Numbers(feature)[random.Next(golden.Rows)]);
                }
            }
        }

        return rows;
    }

    private static void DrawText(FeatureBatch rows, int row, int feature, Histogram? histogram, FeatureBatch golden, Random random)
    {
        var categories = rows.Signature.Features[feature].Categories;
        if (categories is not null && rows.Signature.UnknownCategory != UnknownCategory.Reject && random.NextDouble() < ShareUnknown)
        {
            rows.SetText(row, feature, "a category that nobody knows");
            return;
        }

        var drawn = histogram?.DrawCategory(random) ?? golden.Texts(feature)[random.Next(golden.Rows)];
        if (drawn is not null && categories?.CodeOf(drawn) is { } code and not CategoryTable.Unknown)
        {
            rows.SetCategory(row, feature, code);
        }
        else if (drawn is not null)
        {
            rows.SetText(row, feature, drawn);
        }
    }

    /// <summary>What <c>reference.json</c> says of one feature.</summary>
    /// <param name="Feature">The feature.</param>
    /// <param name="Edges">A number: the inner edges of the bins, ascending.</param>
    /// <param name="Categories">A text: its values.</param>
    /// <param name="Counts">How many rows each bin or value has.</param>
    private sealed record Histogram(Feature Feature, double[] Edges, string[] Categories, double[] Counts)
    {
        /// <returns>Null when there is nothing that fits the feature.</returns>
        public static Histogram? TryRead(JsonElement? reference, Feature feature)
        {
            if (reference is not { } document || !document.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Object
                || !features.TryGetProperty(feature.Name, out var entry) || entry.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            double[] edges = [.. Elements(entry, "edges", JsonValueKind.Number).Select(edge => edge.GetDouble())];
            string[] categories = [.. Elements(entry, "categories", JsonValueKind.String).Select(category => category.GetString()!)];
            double[] counts = [.. Elements(entry, "counts", JsonValueKind.Number).Select(count => count.GetDouble())];
            var bins = feature.Type == FeatureType.String ? categories.Length : edges.Length == 0 ? 0 : edges.Length + 1;
            return bins > 0 && bins == counts.Length && counts.Sum() > 0 ? new Histogram(feature, edges, categories, counts) : null;
        }

        public string DrawCategory(Random random) => Categories[DrawBin(random)];

        public double DrawNumber(Random random)
        {
            var bin = DrawBin(random);
            var low = bin > 0 ? Edges[bin - 1] : Math.Min(Edges[0], Feature.Minimum ?? Edges[0]);
            var high = bin < Edges.Length ? Edges[bin] : Math.Max(Edges[^1], Feature.Maximum ?? Edges[^1]);
            var number = random.NextDouble() < ShareOnEdge ? high : low + (random.NextDouble() * (high - low));
            return Feature.Type switch
            {
                FeatureType.Integer => Math.Round(number),
                FeatureType.Boolean => number > 0 ? 1 : 0,
                _ => number,
            };
        }

        private int DrawBin(Random random)
        {
            var rest = random.NextDouble() * Counts.Sum();
            var bin = 0;
            while (bin + 1 < Counts.Length && rest >= Counts[bin])
            {
                rest -= Counts[bin++];
            }

            return bin;
        }

        private static IEnumerable<JsonElement> Elements(JsonElement entry, string name, JsonValueKind kind) =>
            entry.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Where(element => element.ValueKind == kind)
                : [];
    }
}
