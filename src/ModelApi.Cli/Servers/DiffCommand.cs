using System.CommandLine;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi diff</c>: compares two versions of a model.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var first = new Argument<string>("version") { Description = $"A version: {VersionNames.Description}." };
        var second = new Argument<string?>("other")
        {
            Description = "The version that is to take its place. With one version, production is compared with it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "diff",
            "Shows what changes for clients when one version takes the place of another, with the metrics of both. "
            + "Exits 1 when clients may break.")
        {
            model, first, second,
        };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var (from, to) = parsed.GetValue(second) is { } other
                ? (parsed.GetRequiredValue(first), other)
                : (VersionNames.Production, parsed.GetRequiredValue(first));
            var diff = await client.GetDiffAsync(
                name,
                await VersionNames.ResolveAsync(client, name, from, cancellationToken),
                await VersionNames.ResolveAsync(client, name, to, cancellationToken),
                cancellationToken);
            if (json)
            {
                JsonOutput.Write(diff.Json);
            }
            else
            {
                DiffReport.Show(diff.Value, CommandRunner.Create(Console.Out, Console.IsOutputRedirected));
            }

            return diff.Value.Breaking ? ExitCodes.Faults : ExitCodes.Success;
        });
        return command;
    }
}
