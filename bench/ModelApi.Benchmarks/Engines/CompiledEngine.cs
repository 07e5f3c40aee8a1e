using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Compiled;

namespace ModelApi.Benchmarks.Engines;

/// <summary>The one place where the benchmarks make a compiled scorer.</summary>
internal static class CompiledEngine
{
    /// <returns>Null with the reason when the bundle cannot be compiled.</returns>
    public static IScorer? TryCompile(Bundle bundle, out string reason) => CompiledScorer.TryCompile(bundle, out reason);
}
