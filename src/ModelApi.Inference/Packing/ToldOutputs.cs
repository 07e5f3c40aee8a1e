using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>The outputs that <c>--answer</c> names, by the part of the answer that each holds.</summary>
/// <param name="told">The names, by part.</param>
/// <param name="outputs">The outputs of the graph.</param>
/// <param name="file">The name of the graph in messages.</param>
internal sealed class ToldOutputs(
    IReadOnlyDictionary<string, IReadOnlyList<string>> told, IReadOnlyList<ProbedOutput> outputs, string file)
{
    /// <summary>The part whose outputs are returned as they are.</summary>
    public const string Others = "others";

    private static readonly string[] Parts = [.. GoldenFacts.AnswerKeys, Others];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The output that was told for a part; null where none was.</summary>
    /// <exception cref="PackException">The graph has no such output, or several were told.</exception>
    public ProbedOutput? Take(string part)
    {
        if (!told.TryGetValue(part, out var names))
        {
            return null;
        }

        _taken.Add(part);
        return names is [var name] ? Named(part, name) : throw new PackException(
            $"--answer {part}={string.Join(',', names)}: one output holds a part of the answer; only 'others' may be several.");
    }

    /// <summary>The outputs that are returned as they are; none where none were told.</summary>
    /// <exception cref="PackException">The graph has no such output.</exception>
    public IReadOnlyList<ProbedOutput> TakeOthers()
    {
        _taken.Add(Others);
        return [.. (told.GetValueOrDefault(Others) ?? []).Select(name => Named(Others, name))];
    }

    /// <summary>Refuses a part that no answer has, before anything is looked for.</summary>
    /// <exception cref="PackException">There is such a part.</exception>
    public static void ThrowIfUnknown(IEnumerable<string> parts)
    {
        foreach (var part in parts.Where(part => !Parts.Contains(part)))
        {
            var meant = NearestName.Find(part, Parts);
            throw new PackException(
                $"--answer {part}: an answer has no such part{(meant is null ? "." : $"; did you mean '{meant}'?")} "
                + $"The parts are {InputMatching.Quote(Parts)}.");
        }
    }

    /// <summary>Refuses a part that was told and not taken.</summary>
    /// <param name="held">The parts that the golden rows hold.</param>
    /// <exception cref="PackException">There is such a part.</exception>
    public void ThrowIfLeft(IEnumerable<string> held)
    {
        foreach (var (part, names) in told.Where(part => !_taken.Contains(part.Key)))
        {
            throw new PackException(
                $"--answer {part}={string.Join(',', names)}: the golden rows hold {InputMatching.Quote(held)}, and nothing that could "
                + $"prove this output. Write the trainer's '{part}' into them, or return the output as it is: --answer "
                + $"{Others}={string.Join(',', names)}.");
        }
    }

    private ProbedOutput Named(string part, string name)
    {
        var meant = NearestName.Find(name, outputs.Select(output => output.Name));
        return outputs.FirstOrDefault(output => output.Name == name) ?? throw new PackException(
            $"--answer {part}={name}: {file} has no output '{name}'{(meant is null ? "." : $"; did you mean '{meant}'?")} It has "
            + $"{ProbedOutput.Describe(outputs)}.");
    }
}
