using System.CommandLine;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi push</c>: uploads a bundle, and deploys it as far as is asked for.</summary>
internal static class PushCommand
{
    private const string Production = "Production";

    public static Command Create()
    {
        var bundle = new Argument<string>("bundle")
        {
            Description = "A bundle (models/bank/1), a model (models/bank) to take its newest version, or an archive (.zip, .tar.gz).",
        };
        var wait = new Option<bool>("--wait") { Description = "Waits until the version is ready; with a rollout, until it is promoted." };
        var stage = new Option<string?>("--stage") { Description = "The stage of the version once it is ready." };
        stage.AcceptOnlyFromAmong("Staging", Production, "Archived");
        var promote = new Option<bool>("--promote") { Description = "Brings the version into production once it is ready." };
        var force = ChangeOptions.Force();
        var timeout = ChangeOptions.TimeoutSeconds();
        var rollout = new RolloutOptions();
        var command = new Command(
            "push",
            "Uploads a bundle to a server, which proves it. With --promote --canary 10 --wait it then answers a tenth of the calls, and is "
            + "promoted when it holds its limits.")
        {
            bundle, wait, stage, promote, force, timeout,
        };
        rollout.AddTo(command);
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var isPromotion = parsed.GetValue(promote);
            var wanted = parsed.GetValue(stage);
            if (isPromotion && wanted is not null)
            {
                throw new UsageException("Give either --promote or --stage.");
            }

            // Read before anything is sent, so that a wrong command line changes nothing.
            var settings = rollout.Read(parsed, version: "", isPromotion);
            if (settings is not null && !isPromotion)
            {
                throw new UsageException("A rollout of push ends in a promotion: add --promote. 'modelapi rollout' begins one without.");
            }

            var push = new Push(client, parsed.GetValue(wait), parsed.Timeout(timeout), cancellationToken);
            using var archive = await BundleArchive.OpenAsync(parsed.GetRequiredValue(bundle), cancellationToken);
            var result = await push.UploadAsync(archive);
            if (isPromotion || wanted == Production)
            {
                await push.PromoteAsync(result, rollout.Read(parsed, archive.Version, isPromotion), parsed.GetValue(force));
            }
            else if (wanted is not null)
            {
                await push.SetStageAsync(result, wanted);
            }
            else if (parsed.GetValue(wait))
            {
                await push.WaitAsync(result);
            }

            if (json)
            {
                JsonOutput.Write(result);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private sealed record Push(ServerClient Client, bool Waits, TimeSpan Timeout, CancellationToken CancellationToken)
    {
        public async Task<JsonObject> UploadAsync(BundleArchive archive)
        {
            var isNew = await TransferProgress.RunAsync(
                $"Sending version {archive.Version} of model '{archive.Model}'",
                archive.Bytes,
                progress => Client.UploadAsync(archive.Model, archive.Version, archive, progress, CancellationToken));
            TransferProgress.Report(isNew
                ? $"The server has version {archive.Version} of model '{archive.Model}'."
                : $"The server had this version {archive.Version} of model '{archive.Model}' already.");
            return new JsonObject
            {
                ["model"] = archive.Model,
                ["version"] = archive.Version,
                ["digest"] = $"sha256:{Convert.ToHexStringLower(archive.Sha256)}",
                ["created"] = isNew,
                ["outcome"] = "uploaded",
            };
        }

        public async Task WaitAsync(JsonObject result)
        {
            var (model, version) = ((string)result["model"]!, (string)result["version"]!);
            await new Waiting(Client, model, version, Timeout).ForReadyAsync(CancellationToken);
            result["outcome"] = "ready";
        }

        public async Task SetStageAsync(JsonObject result, string stage)
        {
            await WaitAsync(result);
            var (model, version) = ((string)result["model"]!, (string)result["version"]!);
            await Client.SetStageAsync(model, version, stage, force: false, revision: null, CancellationToken);
            TransferProgress.Report($"Version {version} of model '{model}' is in stage {stage}.");
            result["stage"] = stage;
        }

        public async Task PromoteAsync(JsonObject result, JsonObject? rollout, bool force)
        {
            await WaitAsync(result);
            var promotion = new Promotion
            {
                Client = Client,
                Model = (string)result["model"]!,
                Version = (string)result["version"]!,
                Force = force,
                Rollout = rollout,
                Wait = Waits ? Timeout : null,
            };
            foreach (var (name, value) in await promotion.RunAsync(CancellationToken))
            {
                result[name] = value?.DeepClone();
            }
        }
    }
}
