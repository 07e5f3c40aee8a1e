using ModelApi.Inference.Bundles;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Isolation;

/// <summary>The process that <see cref="IsolatedProver"/> starts: it proves one bundle and writes the verdict.</summary>
/// <remarks>A program that isolates bundles asks first of all whether it is meant as this process.</remarks>
public static class ProofProcess
{
    /// <summary>The exit code of a process that did not get the memory that it needs.</summary>
    internal const int OutOfMemory = 3;

    /// <summary>Whether a program's arguments ask it to be a proving process.</summary>
    public static bool IsAskedFor(string[] arguments) => arguments is [ProofArguments.Switch, ..];

    /// <summary>Proves the bundle in the arguments.</summary>
    /// <returns>The process's exit code: 0 with a verdict on standard output.</returns>
    public static int Run(string[] arguments)
    {
        if (ProofArguments.TryParse(arguments) is not { } request)
        {
            Console.Error.WriteLine($"{ProofArguments.Switch} is for the program's own use.");
            return 64;
        }

        SetLimits(request);
        try
        {
            var verdict = Verdict.Write(Prove(request));
            using var output = Console.OpenStandardOutput();
            output.Write(verdict);
            return 0;
        }
        catch (Exception exception) when (LoadFaults.IsOutOfMemory(exception))
        {
            return OutOfMemory;
        }
    }

    private static void SetLimits(ProofArguments request)
    {
        if (ResourceLimit.IsSupported)
        {
            ResourceLimit.Lower(ResourceLimit.CoreDump, 0);
            ResourceLimit.Lower(ResourceLimit.Processor, (ulong)request.ProcessorSeconds);
            LimitMemory(new LoadLimits { MemoryBytes = request.MemoryBytes }.MemoryFor(request.Folder));
        }
    }

    private static void LimitMemory(long bytes)
    {
        if (ResourceLimit.IsSupported && ProcessMemory.Read().Data is > 0 and var data)
        {
            ResourceLimit.Lower(ResourceLimit.Data, (ulong)(data + bytes));
        }
    }

    // All that a server does with a bundle before it serves it, and the comparison of the engines as well.
    private static Proof Prove(ProofArguments request)
    {
        try
        {
            var bundle = new BundleReader().ReadAsync(request.Folder, CancellationToken.None).GetAwaiter().GetResult();
            LimitMemory(new LoadLimits { MemoryBytes = request.MemoryBytes }.MemoryFor(bundle));
            var selected = new EngineSelector(request.Engine).Select(bundle);
            if (selected.Scorer.GainsFromBatching)
            {
                _ = BatchingTrial.Measure(selected.Scorer, bundle.Golden.Features, new BatchingPolicy().MaxRows);
            }

            return new Proof
            {
                Digest = bundle.Digest,
                Golden = selected.Golden,
                Engine = $"{selected.Scorer.Engine}. {selected.Reason}",
            };
        }
        catch (Exception exception) when (!LoadFaults.IsOutOfMemory(exception))
        {
            var faults = LoadFaults.Of(exception, new LoadLimits());
            return new Proof { Faults = faults.Faults, FaultCount = faults.FaultCount };
        }
    }
}
