namespace ModelApi.Inference.Bundles;

/// <summary>Which names models, versions and files have.</summary>
public static class BundleNames
{
    /// <summary>The file that describes a bundle.</summary>
    public const string Manifest = ManifestReader.FileName;

    /// <summary>Whether a model may have the name: lower-case letters, digits, '-', '_' and '.', at most 64.</summary>
    public static bool IsModel(string name) => ManifestReader.NamePattern.IsMatch(name);

    /// <summary>Whether a version may have the name: a positive whole number of at most 9 digits.</summary>
    public static bool IsVersion(string name) => ManifestReader.VersionPattern.IsMatch(name);

    /// <summary>Whether a file of a bundle may have the name: letters, digits, '.', '_' and '-', at most 128, no path.</summary>
    public static bool IsFile(string name) => ManifestReader.FilePattern.IsMatch(name);
}
