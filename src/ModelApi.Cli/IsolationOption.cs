using System.CommandLine;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Loading;

namespace ModelApi.Cli;

/// <summary><c>--isolation</c>: whether graphs run in a process of their own first.</summary>
internal static class IsolationOption
{
    private const string Process = "process";
    private const string None = "none";

    public static Option<string> Create()
    {
        var option = new Option<string>("--isolation")
        {
            Description = "process: the graphs run in a process of their own, with limits of memory and time, so that even a crash is "
                + "reported; or none: they run in this one, which is faster.",
            DefaultValueFactory = _ => Process,
        };
        option.AcceptOnlyFromAmong(Process, None);
        return option;
    }

    /// <returns>Null for no isolation.</returns>
    public static IsolatedProver? ToProver(string isolation) => isolation == Process
        ? new IsolatedProver(ChildProgram.Of(typeof(IsolationOption).Assembly), new LoadLimits())
        : null;
}
