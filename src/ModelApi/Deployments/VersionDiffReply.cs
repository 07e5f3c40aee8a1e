using System.Text.Json.Nodes;
using ModelApi.Inference.Contracts;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>How one version of a model differs from another.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">The version that is compared with.</param>
/// <param name="To">The version that is to take its place.</param>
/// <param name="Breaking">Whether clients that were written for the first may fail with the second.</param>
/// <param name="Differences">The differences of what clients send and get, breaking ones first.</param>
/// <param name="Metrics">The numbers in the performance.json of either, side by side.</param>
/// <param name="Arguments">The training arguments (args.json) that differ.</param>
internal sealed record VersionDiffReply(
    string Model,
    string From,
    string To,
    bool Breaking,
    IReadOnlyList<DifferenceReply> Differences,
    IReadOnlyList<MetricReply> Metrics,
    IReadOnlyList<ArgumentReply> Arguments)
{
    /// <param name="old">A version with a manifest.</param>
    /// <param name="new">Another version of the same model, with a manifest.</param>
    public static VersionDiffReply Of(ModelVersion old, ModelVersion @new)
    {
        var comparison = Contract.Compare(old.Manifest!, @new.Manifest!);
        return new VersionDiffReply(
            @new.Model,
            old.Version,
            @new.Version,
            comparison.IsBreaking,
            [.. comparison.Differences.Select(DifferenceReply.Of)],
            [.. MetricReply.SideBySide(old.Performance, @new.Performance)],
            [.. ArgumentReply.Differing(old.Arguments, @new.Arguments)]);
    }
}

/// <summary>One difference of what clients send and get.</summary>
/// <param name="Path">The JSON path in model.json: of the second version, or of the first for what the second no longer has.</param>
/// <param name="Change">What happened.</param>
/// <param name="Breaking">Whether clients that were written for the first version may fail.</param>
/// <param name="Old">What the first version has; of a list, at most 100 items that the second lacks.</param>
/// <param name="New">What the second version has; of a list, at most 100 items that the first lacks.</param>
/// <param name="Message">The difference and what it means for clients, in words.</param>
internal sealed record DifferenceReply(string Path, ContractChange Change, bool Breaking, JsonNode? Old, JsonNode? New, string Message)
{
    public static DifferenceReply Of(ContractDifference difference) => new(
        difference.Path, difference.Change, difference.IsBreaking, difference.Old, difference.New, difference.Message);
}
