using System.Text.Json;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Why a change of a model is not made.</summary>
internal static class DeploymentProblems
{
    private const int StoreRetrySeconds = 2;

    public static Problem StoreAway(StoreUnavailableException exception) => new(
        503, ProblemTypes.StoreUnavailable, "Changes cannot be kept now", $"{exception.Message} Predictions go on.")
    {
        RetryAfterSeconds = StoreRetrySeconds,
    };

    /// <param name="model">The model.</param>
    /// <param name="revision">The revision that it has.</param>
    public static Problem ChangedMeanwhile(string model, long revision) => new(
        412, ProblemTypes.PreconditionFailed, "Somebody was faster",
        $"Model '{model}' has revision {revision} by now, which is not in If-Match. "
        + "Read it again, and repeat the change if it still applies.");

    public static Problem Conflict(string detail) => new(409, ProblemTypes.Conflict, "The state does not allow this", detail);

    public static Problem NotReady(ModelVersion version) => Conflict(
        $"Version {version.Version} of model '{version.Model}' is not ready: it is {StateOf(version)}. "
        + $"GET /models/{version.Model}/versions/{version.Version} says more.");

    public static Problem InProduction(string model, string version) => Conflict(
        $"Version {version} of model '{model}' is in production. Promote another version first, or roll back"
        + "; ?force=true leaves the model without one.");

    public static Problem NoRollout(string model) => new(
        404, ProblemTypes.NotFound, "No rollout",
        $"Model '{model}' has no rollout. PUT /models/{model}/rollout begins one; "
        + $"GET /models/{model}/history tells how the last one ended.");

    public static Problem CannotDelete(string model, string version, string reason) =>
        Conflict($"Version {version} of model '{model}' cannot be deleted: {reason}");

    /// <param name="model">The model of the address.</param>
    /// <param name="version">The version of the address.</param>
    /// <param name="name">The model of the manifest, or null.</param>
    /// <param name="number">The version of the manifest, or null.</param>
    public static Problem OtherBundle(string model, string version, string? name, string? number) => new(
        422, ProblemTypes.InvalidBody, "The bundle is another one",
        $"Its model.json says that it is version {number ?? version} of model '{name ?? model}'; "
        + $"the address says version {version} of model '{model}'. Correct one of them.")
    {
        Extensions = new Dictionary<string, object?>
        {
            ["errors"] = new Dictionary<string, string[]>
            {
                ["/model.json"] = ["Its name and version must be those of the address."],
            },
        },
    };

    /// <param name="name">A model's name with an alias.</param>
    public static Problem NotByAlias(string name) => Conflict(
        $"'{name}' names one version by its alias; a change needs the model's own name: '{name.Split('@')[0]}'.");

    public static Problem NothingBefore(string model) => Conflict(
        $"Nothing was in production of model '{model}' before that is still ready; GET /models/{model}/history shows what was.");

    /// <param name="exception">Of the parser, whose words are for programmers.</param>
    public static Problem MalformedBody(JsonException exception) => new(
        400, ProblemTypes.MalformedJson, "The body is not JSON that can be read",
        $"Line {(exception.LineNumber ?? 0) + 1}, position {(exception.BytePositionInLine ?? 0) + 1}: "
        + "this is not JSON, is nested too deeply, or names a member twice.")
    {
        Extensions = new Dictionary<string, object?>
        {
            ["line"] = (exception.LineNumber ?? 0) + 1,
            ["position"] = (exception.BytePositionInLine ?? 0) + 1,
        },
    };

    /// <param name="errors">Messages by JSON pointer.</param>
    public static Problem InvalidBody(Dictionary<string, string[]> errors) => new(
        422, ProblemTypes.InvalidBody, "The body does not say what to do",
        $"{errors.Count} {(errors.Count == 1 ? "fault was" : "faults were")} found and nothing was changed; "
        + "'errors' names each by JSON pointer.")
    {
        Extensions = new Dictionary<string, object?> { ["errors"] = errors },
    };

    public static Problem InvalidAlias(string alias) => Problem.Of(new PredictionFailure(
        FailureKind.InvalidParameter,
        $"'{alias}' is no alias: it must have lower-case letters, digits, '-', '_' or '.', at most 64, and start with a letter or digit."));

    private static string StateOf(ModelVersion version) => version.State.ToString().ToLowerInvariant();
}
