using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ModelApi.Benchmarks;

/// <summary>BenchmarkDotNet's defaults, run in this process.</summary>
/// <remarks>
/// The default toolchain builds a project per benchmark inside bin/, where this repository's build rules and the ONNX Runtime
/// project with its npm step apply to generated code; in this process nothing is built.
/// </remarks>
internal sealed class BenchmarkSettings : ManualConfig
{
    public BenchmarkSettings()
    {
        Add(DefaultConfig.Instance);
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
