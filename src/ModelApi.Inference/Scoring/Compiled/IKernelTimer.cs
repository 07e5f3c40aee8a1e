using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Measures how long kernels take.</summary>
internal interface IKernelTimer
{
    /// <summary>Measures one kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="score">Scores a few rows with it.</param>
    /// <returns>The shortest duration of one call in microseconds.</returns>
    double Measure(Kernel kernel, Action score);
}
