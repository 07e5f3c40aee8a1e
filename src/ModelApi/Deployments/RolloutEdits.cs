using System.Text.Json;
using ModelApi.Deployments.Rollouts;
using ModelApi.Errors;
using ModelApi.Inference.Contracts;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Begins and ends rollouts.</summary>
internal static class RolloutEdits
{
    /// <summary>Begins a rollout, in the place of any other one of the model.</summary>
    /// <param name="editing">The model.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="edit">The change.</param>
    /// <returns>Why it is not made, or null.</returns>
    public static Problem? Begin(Editing editing, RolloutSettings asked, out Edit? edit)
    {
        edit = null;
        var model = editing.Model;
        if (model.Find(asked.Version) is not { } candidate)
        {
            return Problem.Of(VersionLookup.UnknownVersion(model, asked.Version));
        }

        if (editing.Production == asked.Version)
        {
            return DeploymentProblems.Conflict(
                $"Version {asked.Version} of model '{model.Name}' is in production, and has nothing to prove.");
        }

        if (candidate.State != VersionState.Ready)
        {
            return DeploymentProblems.NotReady(candidate);
        }

        if (model.Production is not { } production)
        {
            return DeploymentProblems.Conflict(
                $"No version of model '{model.Name}' is in production, so there is nothing to compare version {asked.Version} with. "
                + $"POST /models/{model.Name}/versions/{{version}}/stage moves one there.");
        }

        var faults = FindFaults(asked, production, candidate);
        if (faults.Count > 0)
        {
            return DeploymentProblems.InvalidBody(faults);
        }

        var running = editing.Record.RolloutJson is { } json ? RolloutSettings.OfJson(json) : null;
        var settings = asked with { Id = running?.Id ?? "", Seed = running?.Seed ?? "", Started = running?.Started ?? default };
        var isSame = settings == running;
        if (!isSame)
        {
            // Who was answered by the canary stays with it when its share grows.
            var id = Guid.NewGuid().ToString("n");
            var staysWith = running?.Version == asked.Version && running.Key == asked.Key;
            settings = asked with { Id = id, Seed = staysWith ? running!.Seed : id, Started = editing.Now };
        }

        edit = new Edit(editing.Record with { RolloutJson = settings.ToJson() }, Actions.Rollout, asked.Version, production.Version)
        {
            Contract = Contract.Compare(production.Manifest!, candidate.Manifest!),
            DetailJson = settings.ToJson(),
            ChangesNothing = isSame,
        };
        return null;
    }

    /// <summary>Ends the rollout, because somebody wants so.</summary>
    /// <returns>Why it is not ended, or null.</returns>
    public static Problem? End(Editing editing, out Edit? edit)
    {
        edit = null;
        if (editing.Record.RolloutJson is not { } json)
        {
            return DeploymentProblems.NoRollout(editing.Model.Name);
        }

        edit = new Edit(editing.Record with { RolloutJson = null }, Actions.EndRollout, RolloutSettings.OfJson(json).Version);
        return null;
    }

    /// <summary>Ends the rollout by its verdict.</summary>
    /// <param name="editing">The model.</param>
    /// <param name="run">The rollout, which has a verdict.</param>
    /// <returns>The change; one of nothing where the rollout has ended already.</returns>
    public static Edit Conclude(Editing editing, RolloutRun run)
    {
        var (settings, verdict) = (run.Settings, run.Verdict!);
        if (editing.Record.RolloutJson is not { } json || RolloutSettings.OfJson(json).Id != settings.Id)
        {
            return new Edit(editing.Record, Actions.EndRollout, settings.Version) { ChangesNothing = true };
        }

        var reason = verdict.Reason;
        if (verdict.IsPromotion)
        {
            if (StageEdits.Set(editing, settings.Version, Stage.Production, settings.IsForced, out var promotion) is not { } problem)
            {
                return promotion! with { DetailJson = DetailOf(reason, run) };
            }

            reason = $"{reason} It is withdrawn all the same, since it cannot be promoted: {problem.Detail}";
        }

        return new Edit(editing.Record with { RolloutJson = null }, Actions.Withdraw, settings.Version)
        {
            DetailJson = DetailOf(reason, run),
        };
    }

    private static Dictionary<string, string[]> FindFaults(RolloutSettings settings, ModelVersion production, ModelVersion candidate)
    {
        var faults = new Dictionary<string, string[]>();
        var signature = production.Manifest!.Signature;
        if (RolloutKey.TryParse(settings.Key) is { Kind: RolloutKeyKind.Feature, Name: var feature } && signature.IndexOf(feature) < 0)
        {
            faults["/key"] = [$"Version {production.Version}, which is in production, has no feature '{feature}'."];
        }

        if (settings.MaxLabelDifference is not null
            && (signature.Answer.LabelColumns == 0 || candidate.Manifest!.Signature.Answer.LabelColumns == 0))
        {
            faults["/maxLabelDifference"] = ["The versions answer with numbers and have no labels: leave it out."];
        }

        return faults;
    }

    private static string DetailOf(string reason, RolloutRun run) => JsonSerializer.Serialize(
        new RolloutDetail(reason, run.Settings, run.ToComparison()), RolloutJson.Default.RolloutDetail);
}
