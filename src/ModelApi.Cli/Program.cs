using System.CommandLine;
using System.CommandLine.Help;
using ModelApi.Cli;
using ModelApi.Inference.Isolation;

if (ProofProcess.IsAskedFor(args))
{
    return ProofProcess.Run(args);
}

var root = new RootCommand("Makes, checks and describes the bundles of ModelApi, and scores files with them.")
{
    PackCommand.Create(),
    CheckCommand.Create(),
    ScoreCommand.Create(),
    DescribeCommand.Create(),
};
root.Options.OfType<HelpOption>().Single().Action = new CommandHelp(ExitCodes.Notes);
var parsed = root.Parse(args);
var errors = UsageErrors.Find(parsed);
return errors.Count > 0 ? UsageErrors.Report(parsed, errors) : await parsed.InvokeAsync();
