using System.CommandLine;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi promote</c>: brings a version into production, or to another stage.</summary>
internal static class PromoteCommand
{
    private const string Production = "Production";

    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var version = new Argument<string>("version") { Description = $"The version: {VersionNames.Description}." };
        var stage = new Option<string>("--stage") { Description = "The stage.", DefaultValueFactory = _ => Production };
        stage.AcceptOnlyFromAmong("None", "Staging", Production, "Archived");
        var force = ChangeOptions.Force();
        var wait = new Option<bool>("--wait") { Description = "Waits until the version is ready, and until its rollout has ended." };
        var timeout = ChangeOptions.TimeoutSeconds();
        var ifMatch = ChangeOptions.IfMatch();
        var rollout = new RolloutOptions();
        var command = new Command("promote", "Brings a version of a model into production, at once or when it has proved itself.")
        {
            model, version, stage, force, wait, timeout, ifMatch,
        };
        rollout.AddTo(command);
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var wanted = parsed.GetRequiredValue(stage);
            if (rollout.Read(parsed, version: "", promotes: true) is not null && wanted != Production)
            {
                throw new UsageException("A rollout leads to production: leave --stage out.");
            }

            var number = await VersionNames.ResolveAsync(client, name, parsed.GetRequiredValue(version), cancellationToken);
            var isWaiting = parsed.GetValue(wait);
            if (isWaiting)
            {
                await new Waiting(client, name, number, parsed.Timeout(timeout)).ForReadyAsync(cancellationToken);
            }

            var result = new JsonObject { ["model"] = name, ["version"] = number };
            if (wanted == Production)
            {
                var promotion = new Promotion
                {
                    Client = client,
                    Model = name,
                    Version = number,
                    Force = parsed.GetValue(force),
                    Rollout = rollout.Read(parsed, number, promotes: true),
                    Wait = isWaiting ? parsed.Timeout(timeout) : null,
                    Revision = parsed.GetValue(ifMatch),
                };
                foreach (var (member, value) in await promotion.RunAsync(cancellationToken))
                {
                    result[member] = value?.DeepClone();
                }
            }
            else
            {
                await client.SetStageAsync(name, number, wanted, parsed.GetValue(force), parsed.GetValue(ifMatch), cancellationToken);
                TransferProgress.Report($"Version {number} of model '{name}' is in stage {wanted}.");
                result["outcome"] = "staged";
                result["stage"] = wanted;
            }

            if (json)
            {
                JsonOutput.Write(result);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
