using System.Diagnostics;
using System.Globalization;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;

namespace ModelApi.Benchmarks.Engines;

/// <summary>
/// A Python process that runs scikit-learn's encode and predict_proba on the same rows, once for each line that it is sent.
/// </summary>
internal sealed class ScikitLearn : IDisposable
{
    private readonly Process _process;

    private ScikitLearn(Process process)
    {
        _process = process;
        Rows = int.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    /// <summary>How many rows it scores.</summary>
    public int Rows { get; }

    /// <returns>Null when no Python was given.</returns>
    public static ScikitLearn? Start(Options options)
    {
        if (options.Find("python") is not { } python)
        {
            return null;
        }

        var start = new ProcessStartInfo(python, [Repository.Script("rounds.py"), options.Text("csv"), options.Text("forest")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ScikitLearn(Process.Start(start)!);
    }

    /// <summary>Scores the rows once.</summary>
    public TimeSpan Run()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        return TimeSpan.FromSeconds(double.Parse(Answer(), CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Answer() => _process.StandardOutput.ReadLine() ?? throw new MeasuringException("scikit-learn stopped; see above.");
}
