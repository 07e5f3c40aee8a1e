using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Rows that training data do not hold: with a category that no dictionary knows.</summary>
internal static class UnknownRows
{
    /// <summary>Appends a copy of some row for each feature with categories, in which that feature is unknown.</summary>
    public static void Append(FeatureBatch features)
    {
        var (signature, rows) = (features.Signature, features.Rows);
        for (var feature = 0; feature < signature.Features.Count; feature++)
        {
            if (signature.Features[feature].Categories is { } categories)
            {
                Append(features, feature % rows, feature, UnknownTo(categories));
            }
        }
    }

    private static void Append(FeatureBatch features, int source, int unknown, string text)
    {
        var row = features.AddRow();
        for (var feature = 0; feature < features.Signature.Features.Count; feature++)
        {
            if (feature == unknown)
            {
                features.SetText(row, feature, text);
            }
            else if (features.Signature.Features[feature].Type != FeatureType.String)
            {
                features.SetNumber(row, feature, features.Numbers(feature)[source]);
            }
            else if (features.Codes(feature)[source] is var code and not CategoryTable.Unknown)
            {
                features.SetCategory(row, feature, code);
            }
            else if (features.Texts(feature)[source] is { } other)
            {
                features.SetText(row, feature, other);
            }
        }
    }

    private static string UnknownTo(CategoryTable categories)
    {
        var text = "never-seen";
        while (categories.CodeOf(text) != CategoryTable.Unknown)
        {
            text += "-before";
        }

        return text;
    }
}
