using System.CommandLine;
using Spectre.Console;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi list</c>: shows the models and versions of a server.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("model") { Description = "One model. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "Lists the models and versions of a server, with their states, stages and aliases.") { model };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            if (parsed.GetValue(model) is { } name)
            {
                var reply = await client.GetModelAsync(name, cancellationToken);
                Write(reply, [reply.Value], json);
            }
            else
            {
                var reply = await client.ListAsync(cancellationToken);
                Write(reply, reply.Value.Models, json);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write<T>(Reply<T> reply, IReadOnlyList<ModelInfo> models, bool json)
    {
        if (json)
        {
            JsonOutput.Write(reply.Json);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("model", "version", "state", "stage", "aliases", "engine");
        foreach (var model in models)
        {
            foreach (var version in model.Versions)
            {
                var aliases = (model.Aliases ?? new Dictionary<string, string>())
                    .Where(alias => alias.Value == version.Version).Select(alias => alias.Key);
                table.AddRow(
                    new Text(model.Name),
                    new Text(version.Version),
                    new Text(version.State),
                    new Text(StageOf(model, version)),
                    new Text(string.Join(", ", aliases)),
                    new Text(version.Engine ?? ""));
            }
        }

        CommandRunner.Create(Console.Out, Console.IsOutputRedirected).Write(table);
    }

    private static string StageOf(ModelInfo model, VersionInfo version) =>
        model.Production == version.Version ? "Production" : version.Stage == "None" ? "" : version.Stage;
}
