using ModelApi.Errors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Enables, disables, names and deletes versions and models.</summary>
internal static class VersionEdits
{
    public static Problem? SetDisabled(Editing editing, string number, bool isDisabled, out Edit? edit)
    {
        edit = null;
        if (editing.Model.Find(number) is null)
        {
            return Problem.Of(VersionLookup.UnknownVersion(editing.Model, number));
        }

        edit = new Edit(
            editing.Record.With(number, editing.Now, known => known with { IsDisabled = isDisabled }), ActionOf(isDisabled), number)
        {
            ChangesNothing = (editing.Record.Find(number)?.IsDisabled ?? false) == isDisabled,
        };
        return null;
    }

    public static Edit SetDisabled(Editing editing, bool isDisabled) =>
        new(editing.Record with { IsDisabled = isDisabled }, ActionOf(isDisabled))
        {
            ChangesNothing = editing.Record.IsDisabled == isDisabled,
        };

    public static Problem? SetAlias(Editing editing, string alias, string number, out Edit? edit)
    {
        edit = null;
        if (!BundleNames.IsModel(alias))
        {
            return DeploymentProblems.InvalidAlias(alias);
        }

        if (editing.Model.Find(number) is null)
        {
            return Problem.Of(VersionLookup.UnknownVersion(editing.Model, number));
        }

        var before = editing.Record.Aliases.GetValueOrDefault(alias);
        edit = new Edit(editing.Record.WithAlias(alias, number), Actions.Alias, number, before)
        {
            ChangesNothing = before == number,
            DetailJson = $$"""{"alias":"{{alias}}"}""",
        };
        return null;
    }

    public static Problem? DeleteAlias(Editing editing, string alias, out Edit? edit)
    {
        edit = null;
        if (!editing.Record.Aliases.TryGetValue(alias, out var before))
        {
            return Problems.UnknownPart($"Model '{editing.Model.Name}'", "aliases", alias, editing.Record.Aliases.Keys);
        }

        edit = new Edit(editing.Record.WithAlias(alias, version: null), Actions.Alias, Version: null, before)
        {
            DetailJson = $$"""{"alias":"{{alias}}"}""",
        };
        return null;
    }

    public static Problem? Delete(Editing editing, string number, out Edit? edit)
    {
        edit = null;
        var (record, model) = (editing.Record, editing.Model);
        if (model.Find(number) is not { } version)
        {
            return Problem.Of(VersionLookup.UnknownVersion(model, number));
        }

        var reason = number == editing.Production ? "it is in production. Promote another version first, or roll back."
            : model.Placement.Rollout?.Version == number ? $"it is in a rollout. End it with DELETE /models/{model.Name}/rollout first."
            : record.Aliases.FirstOrDefault(alias => alias.Value == number).Key is { } alias
                ? $"the alias '{alias}' names it. Move or delete the alias first."
                : null;
        if (reason is not null)
        {
            return DeploymentProblems.CannotDelete(model.Name, number, reason);
        }

        var left = version.Origin == VersionOrigin.Upload
            ? record.Without(number)
            : record.With(number, editing.Now, known => known with { IsDeleted = true, Stage = Stage.None, IsDisabled = false });
        edit = new Edit(IsEmpty(left, model, number) ? null : left, Actions.Delete, number);
        return null;
    }

    public static Edit Delete(Editing editing)
    {
        var record = editing.Record with { IsDisabled = false, RolloutJson = null, Aliases = new Dictionary<string, string>() };
        foreach (var version in editing.Model.Versions)
        {
            record = version.Origin == VersionOrigin.Upload
                ? record.Without(version.Version)
                : record.With(
                    version.Version, editing.Now, known => known with { IsDeleted = true, Stage = Stage.None, IsDisabled = false });
        }

        return new Edit(record.Versions.Count == 0 ? null : record, Actions.Delete);
    }

    // Nothing is left to remember of a model that was uploaded and whose last version goes.
    private static bool IsEmpty(ModelRecord left, Model model, string number) =>
        left.Versions.Count == 0 && model.Versions.All(version => version.Version == number);

    private static string ActionOf(bool isDisabled) => isDisabled ? Actions.Disable : Actions.Enable;
}
