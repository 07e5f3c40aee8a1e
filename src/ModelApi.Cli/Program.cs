using System.CommandLine;
using System.CommandLine.Help;
using ModelApi.Cli;
using ModelApi.Cli.Servers;
using ModelApi.Inference.Isolation;

if (ProofProcess.IsAskedFor(args))
{
    return ProofProcess.Run(args);
}

var root = new RootCommand("Makes, checks and describes the bundles of ModelApi, scores files with them, and deploys them to a server.")
{
    PackCommand.Create(),
    CheckCommand.Create(),
    ScoreCommand.Create(),
    DescribeCommand.Create(),
    PushCommand.Create(),
    PromoteCommand.Create(),
    RollbackCommand.Create(),
    AliasCommand.Create(),
    RolloutCommand.Create(),
    ListCommand.Create(),
    HistoryCommand.Create(),
    DiffCommand.Create(),
    PullCommand.Create(),
};
root.Options.OfType<HelpOption>().Single().Action = new CommandHelp(ExitCodes.Notes);
var parsed = root.Parse(args);
var errors = UsageErrors.Find(parsed);
return errors.Count > 0 ? UsageErrors.Report(parsed, errors) : await parsed.InvokeAsync();
