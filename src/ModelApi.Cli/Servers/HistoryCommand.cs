using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ModelApi.Cli.Servers;

/// <summary><c>modelapi history</c>: shows what was changed in a model.</summary>
internal static class HistoryCommand
{
    private const int MostEntries = 1000;
    private const int DefaultEntries = 20;

    public static Command Create()
    {
        var model = ChangeOptions.Model();
        var limit = new Option<int>("--limit") { Description = "How many changes.", DefaultValueFactory = _ => DefaultEntries };
        limit.Validators.Add(result =>
        {
            var token = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (int.TryParse(token, CultureInfo.InvariantCulture, out var entries) && entries is < 1 or > MostEntries)
            {
                result.AddError($"--limit {token}: must be from 1 to {MostEntries}.");
            }
        });
        var before = new Option<long?>("--before") { Description = "Shows the changes before the one with this number." };
        var command = new Command("history", "Lists who changed what in a model, the newest first.") { model, limit, before };
        ServerOptions.SetRunner(command, async (parsed, client, json, cancellationToken) =>
        {
            var history = await client.GetHistoryAsync(
                parsed.GetRequiredValue(model), parsed.GetValue(limit), parsed.GetValue(before), cancellationToken);
            if (json)
            {
                JsonOutput.Write(history.Json);
                return ExitCodes.Success;
            }

            var table = new Table { Border = TableBorder.Rounded }
                .AddColumns("", "at (UTC)", "by", "action", "version", "before", "detail");
            foreach (var entry in history.Value.Entries)
            {
                table.AddRow(
                    new Text(entry.Id.ToString(CultureInfo.InvariantCulture)),
                    new Text(entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
                    new Text(entry.User),
                    new Text(entry.Action),
                    new Text(entry.Version ?? ""),
                    new Text(entry.Before ?? ""),
                    new Text(Describe(entry.Detail)));
            }

            CommandRunner.Create(Console.Out, Console.IsOutputRedirected).Write(table);
            if (history.Value.Next is { } next)
            {
                TransferProgress.Report(string.Create(CultureInfo.InvariantCulture, $"--before {next} shows older ones."));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static string Describe(JsonElement? detail) => detail is { ValueKind: JsonValueKind.Object } members
        ? string.Join(", ", members.EnumerateObject().Select(member => $"{member.Name}: {member.Value}"))
        : "";
}
