using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks.Growth;

/// <summary>Writes the bundle of a random forest; bench/overload.sh calls it.</summary>
internal static class ForestCommand
{
    /// <summary>Options: <c>--root</c> (a folder of models), <c>--name</c> and <c>--trees</c>.</summary>
    public static int Run(Options options)
    {
        Console.WriteLine(ForestBundle.Write(options.Text("root"), options.Text("name"), (int)options.Number("trees", 100)));
        return 0;
    }
}
