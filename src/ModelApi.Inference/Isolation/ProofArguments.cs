using System.Globalization;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Isolation;

/// <summary>The arguments of a proving process, after those that start the program.</summary>
/// <param name="Folder">The bundle's folder.</param>
/// <param name="Engine">The engines that may score it.</param>
/// <param name="MemoryBytes">Bytes by which the process may grow beyond ten times the size of the graphs.</param>
/// <param name="ProcessorSeconds">Seconds of processor time.</param>
internal sealed record ProofArguments(string Folder, ScoringEngine Engine, long MemoryBytes, int ProcessorSeconds)
{
    public const string Switch = "--prove-bundle";

    /// <summary>The arguments as text.</summary>
    public string[] ToArray() =>
    [
        Switch,
        Folder,
        Engine.ToString(),
        MemoryBytes.ToString(CultureInfo.InvariantCulture),
        ProcessorSeconds.ToString(CultureInfo.InvariantCulture),
    ];

    /// <returns>Null when the arguments are not those of a proving process.</returns>
    public static ProofArguments? TryParse(string[] arguments) =>
        arguments is [Switch, var folder, var engine, var memory, var seconds]
        && Enum.TryParse<ScoringEngine>(engine, out var parsedEngine)
        && long.TryParse(memory, CultureInfo.InvariantCulture, out var parsedMemory)
        && int.TryParse(seconds, CultureInfo.InvariantCulture, out var parsedSeconds)
            ? new ProofArguments(folder, parsedEngine, parsedMemory, parsedSeconds)
            : null;
}
