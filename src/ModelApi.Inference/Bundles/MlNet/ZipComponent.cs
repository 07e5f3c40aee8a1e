namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>A component that a saved ML.NET model asks to be created.</summary>
/// <param name="Loaders">The names under which ML.NET looks for its loader: one, and possibly an alternative.</param>
/// <param name="Assembly">The simple name of the assembly that holds the loader; null when the model names none.</param>
/// <param name="Contract">The first of its texts; of a custom mapping, the name of the contract.</param>
internal sealed record ZipComponent(IReadOnlyList<string> Loaders, string? Assembly, string? Contract);
