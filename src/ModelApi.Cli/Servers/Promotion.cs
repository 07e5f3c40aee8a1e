using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>Brings a version that is ready into production: at once, or after it has proved itself.</summary>
internal sealed record Promotion
{
    public required ServerClient Client { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>Whether clients may break.</summary>
    public bool Force { get; init; }

    /// <summary>How the version proves itself; null for not.</summary>
    public JsonObject? Rollout { get; init; }

    /// <summary>How long to wait for the end of the rollout; null for not.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The revision that the model must have, or null.</summary>
    public long? Revision { get; init; }

    /// <summary>Carries it out, and tells about it.</summary>
    /// <returns>What came of it: an object with <c>outcome</c>, for <c>--json</c>.</returns>
    /// <exception cref="CommandException">The server refuses it, or the version was withdrawn.</exception>
    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var model = (await Client.GetModelAsync(Model, cancellationToken)).Value;
        if (Rollout is null || model.Production is null || model.Production == Version)
        {
            if (Rollout is not null && model.Production is null)
            {
                TransferProgress.Report($"Model '{Model}' has no version in production that version {Version} could be compared with.");
            }

            return await PromoteAsync(cancellationToken);
        }

        var diff = (await Client.GetDiffAsync(Model, model.Production, Version, cancellationToken)).Value;
        Report(diff);
        if (diff.Breaking && !Force)
        {
            throw new CommandException(
                $"Version {Version} of model '{Model}' may break clients of version {model.Production}; --force promotes it all the same.",
                ExitCodes.Conflict);
        }

        var started = await Client.StartRolloutAsync(Model, Rollout, Force, Revision, cancellationToken);
        if (Wait is not { } timeout)
        {
            TransferProgress.Report(
                $"The rollout of version {Version} of model '{Model}' has begun; 'modelapi rollout {Model}' shows it.");
            return new JsonObject { ["outcome"] = "rollout", ["rollout"] = started.Json.DeepClone() };
        }

        await new Waiting(Client, Model, Version, timeout).ForPromotionAsync(cancellationToken);
        TransferProgress.Report($"Version {Version} of model '{Model}' has proved itself and is in production.");
        return new JsonObject { ["outcome"] = "promoted", ["before"] = model.Production };
    }

    private async Task<JsonObject> PromoteAsync(CancellationToken cancellationToken)
    {
        var change = (await Client.SetStageAsync(Model, Version, "Production", Force, Revision, cancellationToken)).Value;
        if (change.Difference is { } diff)
        {
            Report(diff);
        }

        var was = change.Before is { } before ? $"; before, version {before} was" : "";
        TransferProgress.Report(change.Changed
            ? $"Version {Version} of model '{Model}' is in production{was}."
            : $"Version {Version} of model '{Model}' is in production already.");
        return new JsonObject { ["outcome"] = "promoted", ["before"] = change.Before };
    }

    private static void Report(DiffInfo diff)
    {
        TransferProgress.Report($"From version {diff.From} to version {diff.To}: {DiffReport.Summarize(diff)}.");
        foreach (var line in DiffReport.Lines(diff))
        {
            TransferProgress.Report(line);
        }
    }
}
