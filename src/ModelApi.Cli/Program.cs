using System.CommandLine;
using ModelApi.Cli;

var root = new RootCommand("Makes, checks and describes the bundles of ModelApi, and scores files with them.")
{
    PackCommand.Create(),
    CheckCommand.Create(),
    ScoreCommand.Create(),
    DescribeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
