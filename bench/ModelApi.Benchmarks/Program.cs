using BenchmarkDotNet.Running;
using ModelApi.Benchmarks.Engines;
using ModelApi.Benchmarks.Growth;
using ModelApi.Benchmarks.Hostile;
using ModelApi.Benchmarks.Load;
using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks;

internal static class Program
{
    /// <summary>Runs a command of the scripts in bench/, or, given none, BenchmarkDotNet with its own arguments.</summary>
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["engines", .. var rest] => EnginesCommand.Run(new Options(rest)),
                ["trees", .. var rest] => TreesCommand.Run(new Options(rest)),
                ["forest", .. var rest] => ForestCommand.Run(new Options(rest)),
                ["offer", .. var rest] => OfferCommand.Run(new Options(rest)),
                ["storm", .. var rest] => await StormCommand.RunAsync(new Options(rest)).ConfigureAwait(false),
                ["attack", .. var rest] => await AttackCommand.RunAsync(new Options(rest)).ConfigureAwait(false),
                ["soak", .. var rest] => await SoakCommand.RunAsync(new Options(rest)).ConfigureAwait(false),
                ["vanish", .. var rest] => await VanishCommand.RunAsync(new Options(rest)).ConfigureAwait(false),
                ["spoil", .. var rest] => SpoilCommand.Run(new Options(rest)),
                _ => RunBenchmarks(arguments),
            };
        }
        catch (MeasuringException exception)
        {
            Console.Error.WriteLine($"ModelApi.Benchmarks: {exception.Message}");
            return 1;
        }
    }

    private static int RunBenchmarks(string[] arguments)
    {
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments, new BenchmarkSettings());
        return summaries.Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }
}
