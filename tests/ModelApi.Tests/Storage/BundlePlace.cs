namespace ModelApi.Tests.Storage;

/// <summary>Where archives are kept.</summary>
public enum BundlePlace
{
    DataFolder,
    SharedFolder,
    Database,
}
