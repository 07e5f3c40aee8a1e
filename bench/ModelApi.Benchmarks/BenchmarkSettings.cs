using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ModelApi.Benchmarks;

/// <summary>BenchmarkDotNet's defaults, except that benchmarks run in this process.</summary>
/// <remarks>
/// The default toolchain generates and builds a project for each benchmark below bin/, where this repository's build rules
/// apply to it: warnings are errors, and packages get their versions centrally.
/// </remarks>
internal sealed class BenchmarkSettings : ManualConfig
{
    public BenchmarkSettings()
    {
        Add(DefaultConfig.Instance);
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
