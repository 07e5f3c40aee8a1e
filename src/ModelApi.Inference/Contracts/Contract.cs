using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Contracts;

/// <summary>What clients of a version rely on: the requests that it takes, and the form and meaning of its answers.</summary>
/// <remarks>
/// A difference is breaking when a request that the old version takes is refused by the new one, or when an answer has another form or
/// meaning. A value that the new version scores with a warning, such as one outside of the range seen in training, is no break: most
/// trainings change these ranges.
/// </remarks>
public static class Contract
{
    /// <summary>Compares two versions of a model.</summary>
    /// <param name="old">The version that clients were written for.</param>
    /// <param name="new">The version that is to take its place.</param>
    public static ContractComparison Compare(BundleManifest old, BundleManifest @new)
    {
        var differences = new DifferenceList();
        if (old.Description != @new.Description)
        {
            differences.Compatible(
                "$.description", ContractChange.Changed, old.Description, @new.Description, "The model is described in other words.");
        }

        AnswerComparison.Compare(old.Signature, @new.Signature, differences);
        CompareRequests(old.Signature, @new.Signature, differences);
        FeatureListComparison.Compare(old.Signature, @new.Signature, differences);
        if (old.Tolerance.Share != @new.Tolerance.Share)
        {
            differences.Compatible(
                "$.tolerance",
                ContractChange.Changed,
                old.Tolerance.Share,
                @new.Tolerance.Share,
                FormattableString.Invariant(
                    $"Answers may differ from the trainer's by {@new.Tolerance.Share} (before: {old.Tolerance.Share})."));
        }

        return differences.ToComparison();
    }

    private static void CompareRequests(Signature old, Signature @new, DifferenceList differences)
    {
        if (old.InstancesKey != @new.InstancesKey)
        {
            differences.Breaking(
                "$.instancesKey",
                ContractChange.Renamed,
                old.InstancesKey,
                @new.InstancesKey,
                $"The rows of a request are read from '{@new.InstancesKey}', and no longer from '{old.InstancesKey}'.");
        }

        if (old.UnknownCategory == @new.UnknownCategory)
        {
            return;
        }

        const string Path = "$.unknownCategory";
        JsonNode before = DifferenceList.NameOf(old.UnknownCategory);
        JsonNode now = DifferenceList.NameOf(@new.UnknownCategory);
        if (@new.UnknownCategory == UnknownCategory.EncodeAsMissing)
        {
            differences.Compatible(
                Path, ContractChange.Widened, before, now, "Unknown categories are encoded as missing, with a warning (before: refused).");
        }
        else if (old.Features.Any(feature => feature.Categories is not null))
        {
            differences.Breaking(
                Path, ContractChange.Narrowed, before, now, "Unknown categories are refused (before: encoded as missing, with a warning).");
        }
        else
        {
            differences.Compatible(
                Path, ContractChange.Narrowed, before, now, "Unknown categories are refused; the old version has no categories.");
        }
    }
}
