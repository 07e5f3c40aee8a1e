using System.CommandLine;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi rollout</c>: shows, begins or ends a rollout.</summary>
internal static class RolloutCommand
{
    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var version = new Argument<string?>("version")
        {
            Description = "The version that is to prove itself, with --canary or --shadow. Without it, the rollout is shown.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var end = new Option<bool>("--end") { Description = "Ends the rollout; the version in production stays." };
        var wait = new Option<bool>("--wait") { Description = "Waits until the rollout has ended." };
        var timeout = ChangeOptions.TimeoutSeconds();
        var ifMatch = ChangeOptions.IfMatch();
        var options = new RolloutOptions();
        var command = new Command("rollout", "Shows a model's rollout, begins one, or ends it.")
        {
            model, version, end, wait, timeout, ifMatch,
        };
        options.AddTo(command);
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var asked = parsed.GetValue(version);
            var settings = options.Read(parsed, asked ?? "", promotes: false);
            var isEnd = parsed.GetValue(end);
            if (isEnd && (settings is not null || asked is not null || parsed.GetValue(wait)))
            {
                throw new UsageException("--end takes the model alone.");
            }

            if (asked is null != settings is null)
            {
                throw new UsageException("A rollout needs a version, and --canary PERCENT or --shadow.");
            }

            if (asked is not null)
            {
                settings!["version"] = await VersionNames.ResolveAsync(client, name, asked, cancellationToken);
            }

            var revision = parsed.GetValue(ifMatch);
            var rollout = isEnd ? await client.EndRolloutAsync(name, revision, cancellationToken)
                : settings is null ? await client.GetRolloutAsync(name, cancellationToken)
                : await client.StartRolloutAsync(name, settings, force: false, revision, cancellationToken);
            if (parsed.GetValue(wait))
            {
                var proving = (string?)settings?["version"] ?? (string)rollout.Value["version"]!;
                await new Waiting(client, name, proving, parsed.Timeout(timeout)).ForPromotionAsync(cancellationToken);
                TransferProgress.Report($"Version {proving} of model '{name}' has proved itself and is in production.");
            }

            if (json)
            {
                JsonOutput.Write(rollout.Json);
            }
            else if (isEnd)
            {
                Console.Out.WriteLine($"The rollout of model '{name}' has ended.");
            }
            else if (settings is not null)
            {
                Console.Out.WriteLine($"The rollout of version {settings["version"]} of model '{name}' has begun.");
            }
            else
            {
                RolloutReport.Show(name, rollout.Value, CommandRunner.Create(Console.Out, Console.IsOutputRedirected));
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
