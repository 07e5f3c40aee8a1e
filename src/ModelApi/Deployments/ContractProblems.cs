using ModelApi.Errors;
using ModelApi.Inference.Contracts;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>Why a version cannot take the place of another.</summary>
internal static class ContractProblems
{
    private const int MostShown = 20;

    public static Problem Breaking(ModelVersion version, string served, ContractComparison contract)
    {
        var breaking = contract.Differences.Where(difference => difference.IsBreaking).ToList();
        return new Problem(
            409, ProblemTypes.BreakingChange, "Clients would break",
            $"Version {version.Version} of model '{version.Model}' takes or answers something else than version {served}, which is in "
            + $"production, in {breaking.Count} {(breaking.Count == 1 ? "way" : "ways")} that clients may rely on; "
            + "'differences' names them. "
            + $"?force=true promotes it all the same. GET /models/{version.Model}/versions/{served}/diff/{version.Version} shows more.")
        {
            Extensions = new Dictionary<string, object?>
            {
                ["differences"] = breaking.Take(MostShown).Select(difference => $"{difference.Path}: {difference.Message}").ToList(),
            },
        };
    }
}
