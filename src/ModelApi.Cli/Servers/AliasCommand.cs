using System.CommandLine;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi alias</c>: names a version.</summary>
internal static class AliasCommand
{
    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var alias = new Argument<string>("alias") { Description = "The name, such as champion: /models/bank@champion/predict calls it." };
        var version = new Argument<string?>("version")
        {
            Description = $"The version: {VersionNames.Description}.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var delete = new Option<bool>("--delete") { Description = "Takes the name away." };
        var ifMatch = ChangeOptions.IfMatch();
        var command = new Command("alias", "Names a version of a model, or takes the name away.")
        {
            model, alias, version, delete, ifMatch,
        };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var (name, word) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(alias));
            var asked = parsed.GetValue(version);
            if (asked is null != parsed.GetValue(delete))
            {
                throw new UsageException("Give either the version that the alias names, or --delete.");
            }

            var number = asked is null ? null : await VersionNames.ResolveAsync(client, name, asked, cancellationToken);
            var change = number is null
                ? await client.DeleteAliasAsync(name, word, parsed.GetValue(ifMatch), cancellationToken)
                : await client.SetAliasAsync(name, word, number, parsed.GetValue(ifMatch), cancellationToken);
            if (json)
            {
                JsonOutput.Write(change.Json);
            }
            else
            {
                var was = change.Value.Before is { } before && before != number ? $"; before, it was {before}" : "";
                Console.Out.WriteLine(
                    number is null ? $"{name}@{word} names no version any more." : $"{name}@{word} is version {number}{was}.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
