using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi pull</c>: fetches the bundle of a version.</summary>
internal static class PullCommand
{
    private const string DigestPrefix = "sha256:";

    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var version = new Argument<string>("version")
        {
            Description = $"The version: {VersionNames.Description}.",
            DefaultValueFactory = _ => VersionNames.Production,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder of models that gets the bundle.",
            DefaultValueFactory = _ => "models",
        };
        var force = new Option<bool>("--force") { Description = "Replaces a bundle that exists." };
        var command = new Command("pull", "Fetches the bundle of a version into a folder of models, and checks it.")
        {
            model, version, output, force,
        };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var number = await VersionNames.ResolveAsync(client, name, parsed.GetRequiredValue(version), cancellationToken);
            var place = Path.Combine(parsed.GetRequiredValue(output), name, number);
            if (Directory.Exists(place) && !parsed.GetValue(force))
            {
                throw new CommandException($"'{place}' exists: give another folder, or replace it with --force.");
            }

            var digest = await FetchAsync(client, name, number, parsed.GetRequiredValue(output), place, cancellationToken);
            if (json)
            {
                JsonOutput.Write(new JsonObject
                {
                    ["model"] = name,
                    ["version"] = number,
                    ["folder"] = place,
                    ["digest"] = DigestPrefix + digest,
                });
            }
            else
            {
                Console.Out.WriteLine($"{place}: version {number} of model '{name}'");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    // Servers ignore a folder whose name begins with a dot; the bundle is moved out of it once it is whole.
    private static async Task<string> FetchAsync(
        ServerClient client, string model, string version, string output, string place, CancellationToken cancellationToken)
    {
        var workshop = Path.Combine(output, $".pulling-{Guid.NewGuid():n}");
        var folder = Path.Combine(workshop, model, version);
        Directory.CreateDirectory(folder);
        try
        {
            var archive = Path.Combine(workshop, "archive");
            var digest = await DownloadAsync(client, model, version, archive, cancellationToken);
            await BundleUnpacking.RunAsync(archive, folder, cancellationToken);
            await new BundleReader().ReadAsync(folder, cancellationToken);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (Directory.Exists(place))
            {
                Directory.Move(place, Path.Combine(workshop, "replaced"));
            }

            Directory.Move(folder, place);
            return digest;
        }
        finally
        {
            Directory.Delete(workshop, recursive: true);
        }
    }

    private static async Task<string> DownloadAsync(
        ServerClient client, string model, string version, string path, CancellationToken cancellationToken)
    {
        using var response = await client.DownloadAsync(model, version, cancellationToken);
        var digest = await TransferProgress.RunAsync(
            $"Fetching version {version} of model '{model}'",
            response.Content.Headers.ContentLength,
            async progress =>
            {
                using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
                await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                var buffer = new byte[128 * 1024];
                for (long done = 0; await source.ReadAsync(buffer, cancellationToken) is var length and > 0;)
                {
                    sha256.AppendData(buffer, 0, length);
                    await target.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                    progress(done += length);
                }

                return Convert.ToHexStringLower(sha256.GetHashAndReset());
            });
        var tag = response.Headers.ETag?.Tag.Trim('"');
        return tag is null || !tag.StartsWith(DigestPrefix, StringComparison.Ordinal) || tag[DigestPrefix.Length..] == digest
            ? digest
            : throw new CommandException(
                $"The archive of version {version} of model '{model}' has the digest {digest}; the server names {tag}. Fetch it again.");
    }
}
