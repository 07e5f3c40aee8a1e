namespace ModelApi.Inference.Bundles;

/// <summary>A bundle has faults.</summary>
public sealed class BundleException : Exception
{
    /// <summary>Carries every fault that was found.</summary>
    public BundleException(IReadOnlyList<BundleFault> faults)
        : base(string.Join(Environment.NewLine, faults)) => Faults = faults;

    /// <summary>Every fault that was found, in the order of the files.</summary>
    public IReadOnlyList<BundleFault> Faults { get; }
}
