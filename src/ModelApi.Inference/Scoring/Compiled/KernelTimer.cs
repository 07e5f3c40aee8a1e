using System.Diagnostics;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Measures by the clock of the machine.</summary>
/// <param name="budget">The time to spend on each kernel.</param>
internal sealed class KernelTimer(TimeSpan budget) : IKernelTimer
{
    public double Measure(Kernel kernel, Action score)
    {
        // The first call compiles the kernel.
        score();
        var shortest = TimeSpan.MaxValue;
        for (var spent = TimeSpan.Zero; spent < budget;)
        {
            var start = Stopwatch.GetTimestamp();
            score();
            var elapsed = Stopwatch.GetElapsedTime(start);
            spent += elapsed + TimeSpan.FromTicks(1);
            shortest = elapsed < shortest ? elapsed : shortest;
        }

        return shortest.TotalMicroseconds;
    }
}
