using System.CommandLine;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi rollback</c>: returns to the version that was in production before.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var ifMatch = ChangeOptions.IfMatch();
        var command = new Command("rollback", "Returns a model to the version that was in production before; again and again.")
        {
            model, ifMatch,
        };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var change = await client.RollBackAsync(name, parsed.GetValue(ifMatch), cancellationToken);
            if (json)
            {
                JsonOutput.Write(change.Json);
            }
            else
            {
                Console.Out.WriteLine(
                    $"Version {change.Value.Version} of model '{name}' is in production again; before, version {change.Value.Before} was.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
