using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Why a bundle does not become a version.</summary>
internal static class UploadProblems
{
    public static Problem InvalidModel(string name) => Problem.Of(new PredictionFailure(
        FailureKind.InvalidParameter,
        $"{Archives.EntryNames.Show(name)} is no name of a model: it must have lower-case letters, digits, '-', '_' or '.', at most 64, "
        + "and start with a letter or digit."));

    public static Problem InvalidVersion(string version) => Problem.Of(new PredictionFailure(
        FailureKind.InvalidParameter,
        $"{Archives.EntryNames.Show(version)} is no version: it must be a positive whole number of at most 9 digits, such as 2."));

    /// <param name="model">The model.</param>
    /// <param name="version">A version of it that has other content.</param>
    public static Problem Taken(string model, string version) => DeploymentProblems.Conflict(
        $"Model '{model}' has a version {version} with other content already, and a version never changes. Upload the bundle as another "
        + $"version, or delete that one first: DELETE /models/{model}/versions/{version}.");

    /// <param name="model">The model.</param>
    /// <param name="version">A version of it that was not uploaded.</param>
    public static Problem InFolder(string model, string version) => DeploymentProblems.Conflict(
        $"Version {version} of model '{model}' lies in the folder of models. Upload the bundle as another version.");

    /// <param name="version">A version that has failed.</param>
    public static Problem Failed(ModelVersion version) =>
        Failed(version.Model, version.Version, version.FaultCount, ShownFaults.Of(version).Select(fault => fault.ToString()));

    /// <param name="model">The model.</param>
    /// <param name="version">A version of it that has failed.</param>
    /// <param name="count">The number of its faults.</param>
    /// <param name="faults">The first of them.</param>
    public static Problem Failed(string model, string version, long count, IEnumerable<string> faults) => new(
        422, ProblemTypes.InvalidBundle, "The bundle cannot be served",
        $"Version {version} of model '{model}' has failed: {count} {(count == 1 ? "fault was" : "faults were")} found, and 'faults' names "
        + "them. Correct the bundle, and upload it as another version, or delete this one first: "
        + $"DELETE /models/{model}/versions/{version}.")
    {
        Extensions = new Dictionary<string, object?> { ["faults"] = faults, ["faultCount"] = count },
    };
}
