using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Draws rows whose features are distributed as in the training rows but independently of each other.</summary>
/// <remarks>
/// Features are drawn from the histograms of <c>reference.json</c>, or from the golden rows where it has none. Some values are missing,
/// unknown, or on the edge of a histogram's bin, where the signature allows that.
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
        var distributions = new Distribution?[signature.Features.Count];
        for (var i = 0; i < distributions.Length; i++)
        {
            distributions[i] = Distribution.TryRead(bundle.Reference, signature.Features[i]);
        }

        var golden = bundle.Golden.Features;
        for (var row = 0; row < Rows; row++)
        {
            rows.AddRow();
            for (var feature = 0; feature < distributions.Length; feature++)
            {
                if (signature.Features[feature].Nullable && random.NextDouble() < ShareMissing)
                {
                    rows.SetMissing(row, feature);
                    continue;
                }

                if (signature.Features[feature].Type == FeatureType.Tensor)
                {
                    golden.Tensor(random.Next(golden.Rows), feature).CopyTo(rows.TensorToFill(row, feature));
                    continue;
                }

                if (signature.Features[feature].Type == FeatureType.String)
                {
                    DrawText(rows, row, feature, distributions[feature], golden, random);
                }
                else
                {
                    var number = distributions[feature]?.DrawNumber(random) ?? golden.Numbers(feature)[random.Next(golden.Rows)];
                    rows.SetNumber(row, feature, number);
                }
            }
        }

        return rows;
    }

    private static void DrawText(FeatureBatch rows, int row, int feature, Distribution? distribution, FeatureBatch golden, Random random)
    {
        var categories = rows.Signature.Features[feature].Categories;
        if (categories is not null && rows.Signature.UnknownCategory != UnknownCategory.Reject && random.NextDouble() < ShareUnknown)
        {
            rows.SetText(row, feature, "a category that nobody knows");
            return;
        }

        var drawn = distribution?.DrawCategory(random) ?? golden.Texts(feature)[random.Next(golden.Rows)];
        if (drawn is not null && categories?.CodeOf(drawn) is { } code and not CategoryTable.Unknown)
        {
            rows.SetCategory(row, feature, code);
        }
        else if (drawn is not null)
        {
            rows.SetText(row, feature, drawn);
        }
    }

    /// <summary>The distribution of one feature in the training rows.</summary>
    private sealed class Distribution(Feature feature, Histogram histogram)
    {
        private readonly long _rows = histogram.Counts.Sum();

        /// <returns>Null when there is no histogram that fits the feature, or an empty one.</returns>
        public static Distribution? TryRead(JsonElement? reference, Feature feature) =>
            Histogram.TryRead(reference, feature.Name) is { } histogram
            && histogram.Counts.Sum() > 0
            && histogram.Categories is not null == (feature.Type == FeatureType.String)
                ? new Distribution(feature, histogram)
                : null;

        public string DrawCategory(Random random) => histogram.Categories![DrawBin(random)];

        public double DrawNumber(Random random)
        {
            var bin = DrawBin(random);
            var edges = histogram.Edges!;
            var low = bin > 0 ? edges[bin - 1] : Math.Min(edges[0], feature.Minimum ?? edges[0]);
            var high = bin < edges.Count ? edges[bin] : Math.Max(edges[^1], feature.Maximum ?? edges[^1]);
            var number = random.NextDouble() < ShareOnEdge ? high : low + (random.NextDouble() * (high - low));
            return feature.Type switch
            {
                FeatureType.Integer => Math.Round(number),
                FeatureType.Boolean => number > 0 ? 1 : 0,
                _ => number,
            };
        }

        private int DrawBin(Random random)
        {
            var rest = random.NextDouble() * _rows;
            var bin = 0;
            while (bin + 1 < histogram.Counts.Count && rest >= histogram.Counts[bin])
            {
                rest -= histogram.Counts[bin++];
            }

            return bin;
        }
    }
}
