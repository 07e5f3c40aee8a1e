namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>The components of a saved model that may be created, and why others may not.</summary>
internal static class KnownComponents
{
    private const string CustomMapping = "CustomTransformer";

    // The first two are the names of old versions, which ML.NET forwards.
    private static readonly HashSet<string> Assemblies = new(StringComparer.Ordinal)
    {
        "Microsoft.ML.HalLearners",
        "Microsoft.ML.StandardLearners",
        "Microsoft.ML.Core",
        "Microsoft.ML.Data",
        "Microsoft.ML.FastTree",
        "Microsoft.ML.KMeansClustering",
        "Microsoft.ML.LightGBM",
        "Microsoft.ML.LightGbm",
        "Microsoft.ML.PCA",
        "Microsoft.ML.StandardTrainers",
        "Microsoft.ML.Transforms",
    };

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["DatabaseLoader"] = "a loader that reads a database; save the model with the schema of its input, without the loader",
        ["ExprTransform"] = "an expression, which would be compiled from a text in the zip; compute the column before the row is sent",
        ["LdaTransform"] = "latent Dirichlet allocation, which hands the file to native code; use n-grams",
        ["WordEmbeddingsTransform"] = "word embeddings, which are read from outside the zip; use FeaturizeText",
    };

    /// <summary>What is wrong with a component, as a sentence; null when it may be created.</summary>
    public static string? FindFault(ZipComponent component)
    {
        if (component.Loaders.Contains(CustomMapping))
        {
            return $"Holds the custom mapping '{component.Contract}', whose code is in the program that trained it and not in the zip. "
                + "Compute its columns before the row is sent, and train without it.";
        }

        foreach (var loader in component.Loaders)
        {
            if (Refused.TryGetValue(loader, out var reason))
            {
                return $"Holds {reason}.";
            }
        }

        return component.Assembly is { } assembly && !Assemblies.Contains(assembly)
            ? $"Needs '{assembly}' ({string.Join(", ", component.Loaders)}), which is not served. Known are the trainers and transforms of "
                + "Microsoft.ML, Microsoft.ML.FastTree and Microsoft.ML.LightGbm; otherwise export the model to ONNX."
            : null;
    }
}
