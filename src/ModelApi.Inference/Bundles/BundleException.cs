namespace ModelApi.Inference.Bundles;

/// <summary>A bundle has faults.</summary>
public sealed class BundleException : Exception
{
    /// <summary>Carries every fault that was found.</summary>
    public BundleException(IReadOnlyList<BundleFault> faults)
        : base(string.Join(Environment.NewLine, faults)) => (Faults, FaultCount) = (faults, faults.Count);

    /// <summary>Carries the faults that were kept.</summary>
    public BundleException(BundleFaults faults)
        : this(faults.ToList()) => FaultCount = faults.Count;

    /// <summary>The faults that were found, in the order of the files.</summary>
    public IReadOnlyList<BundleFault> Faults { get; }

    /// <summary>How many faults were found.</summary>
    public long FaultCount { get; }
}
