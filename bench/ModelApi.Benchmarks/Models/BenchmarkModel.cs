using ModelApi.Benchmarks.Measuring;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Models;

/// <summary>A bundle with rows to score.</summary>
internal sealed class BenchmarkModel
{
    private BenchmarkModel(Bundle bundle, FeatureBatch rows) => (Bundle, Rows) = (bundle, rows);

    /// <summary>The models that ship.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bank", "breast-cancer", "credit-risk", "project-tags", "wine-quality"];

    public Bundle Bundle { get; }

    public Signature Signature => Bundle.Manifest.Signature;

    /// <summary>Its golden rows, but for those with a category that it does not know.</summary>
    public FeatureBatch Rows { get; }

    /// <summary>A model that ships.</summary>
    public static BenchmarkModel Load(string name) => LoadFrom(Repository.BundleOf(name));

    /// <summary>A model in any folder.</summary>
    public static BenchmarkModel LoadFrom(string folder)
    {
        try
        {
            var bundle = new BundleReader().ReadAsync(folder, CancellationToken.None).GetAwaiter().GetResult();
            return new BenchmarkModel(bundle, KnownRows(bundle.Golden.Features));
        }
        catch (BundleException exception)
        {
            throw new MeasuringException($"The bundle {folder} has faults: {string.Join(" | ", exception.Faults)}");
        }
    }

    /// <summary>Its rows, again and again up to a count.</summary>
    public FeatureBatch Batch(int count)
    {
        var batch = new FeatureBatch(Signature, count);
        for (var row = 0; row < count; row++)
        {
            Rows.CopyRowTo(batch, row % Rows.Rows);
        }

        return batch;
    }

    private static FeatureBatch KnownRows(FeatureBatch golden)
    {
        var features = golden.Signature.Features;
        var known = new FeatureBatch(golden.Signature, golden.Rows);
        for (var row = 0; row < golden.Rows; row++)
        {
            var at = row;
            if (!Enumerable.Range(0, features.Count).Any(feature => IsUnknown(at, feature)))
            {
                golden.CopyRowTo(known, row);
            }
        }

        return known;

        bool IsUnknown(int row, int feature) =>
            features[feature].Categories is not null
            && golden.Texts(feature)[row] is not null
            && golden.Codes(feature)[row] == CategoryTable.Unknown;
    }
}
