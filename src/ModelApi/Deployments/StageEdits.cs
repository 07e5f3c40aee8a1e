using ModelApi.Errors;
using ModelApi.Inference.Contracts;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Moves versions between stages.</summary>
internal static class StageEdits
{
    /// <summary>Moves a version to a stage. What was in production before is archived.</summary>
    /// <param name="editing">The model.</param>
    /// <param name="number">The version.</param>
    /// <param name="stage">Its new stage.</param>
    /// <param name="isForced">Whether clients may break, and whether production may be left empty.</param>
    /// <param name="edit">The change.</param>
    /// <returns>Why it is not made, or null.</returns>
    public static Problem? Set(Editing editing, string number, Stage stage, bool isForced, out Edit? edit)
    {
        edit = null;
        var model = editing.Model;
        if (model.Find(number) is not { } version)
        {
            return Problem.Of(VersionLookup.UnknownVersion(model, number));
        }

        if (stage == Stage.Production)
        {
            return Promote(editing, version, Actions.Promote, isForced, out edit);
        }

        if (number == editing.Production && !isForced)
        {
            return DeploymentProblems.InProduction(model.Name, number);
        }

        var staged = editing.Record.Staged(model, editing.Now).With(number, editing.Now, known => known with { Stage = stage });
        var before = editing.Record.Find(number)?.Stage ?? Stage.None;
        edit = new Edit(staged, Actions.Stage, number)
        {
            ChangesNothing = editing.Record.IsStaged && before == stage,
            DetailJson = $$"""{"stage":"{{stage}}","before":"{{before}}"}""",
        };
        return null;
    }

    /// <summary>Returns to what was in production before, along the history.</summary>
    /// <param name="editing">The model.</param>
    /// <param name="history">Its changes, the newest first.</param>
    /// <param name="edit">The change.</param>
    /// <returns>Why it is not made, or null.</returns>
    public static Problem? RollBack(Editing editing, IReadOnlyList<HistoryEntry> history, out Edit? edit)
    {
        edit = null;
        var model = editing.Model;
        var earlier = ProductionHistory.Earlier(history, editing.Production);
        var target = earlier.Select(model.Find).FirstOrDefault(version => version is { State: VersionState.Ready });
        return target is null
            ? DeploymentProblems.NothingBefore(model.Name)
            : Promote(editing, target, Actions.Rollback, isForced: true, out edit);
    }

    private static Problem? Promote(Editing editing, ModelVersion version, string action, bool isForced, out Edit? edit)
    {
        edit = null;
        var (number, before) = (version.Version, editing.Production);
        if (version.State != VersionState.Ready)
        {
            return DeploymentProblems.NotReady(version);
        }

        var contract = before is not null && before != number && editing.Model.Find(before)?.Manifest is { } served
            ? Contract.Compare(served, version.Manifest!)
            : null;
        if (contract is { IsBreaking: true } && !isForced)
        {
            return ContractProblems.Breaking(version, before!, contract);
        }

        var record = editing.Record.Staged(editing.Model, editing.Now);
        record = before is null || before == number
            ? record
            : record.With(before, editing.Now, known => known with { Stage = Stage.Archived });
        record = record.With(number, editing.Now, known => known with { Stage = Stage.Production });
        edit = new Edit(EndsRollout(editing.Model, number) ? record with { RolloutJson = null } : record, action, number, before)
        {
            Contract = contract,
            ChangesNothing = editing.Record.IsStaged && before == number,
        };
        return null;
    }

    // A version that answers everybody has nothing to prove any more.
    private static bool EndsRollout(Model model, string number) => model.Placement.Rollout?.Version == number;
}
