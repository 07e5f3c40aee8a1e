using System.Diagnostics;
using System.Globalization;
using System.Text;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Fuzz.Running;

/// <summary>Runs one target: its corpus first, and then generated samples until its share of the time is over.</summary>
internal static class Fuzzing
{
    private const int DefaultSeed = 20261124;
    private const double DefaultSeconds = 60;
    private const int ShownBytes = 500;

    /// <summary>The seed of the run, <c>MODELAPI_FUZZ_SEED</c>. A sample depends on it and on its index alone.</summary>
    public static int Seed { get; } = (int)Setting("MODELAPI_FUZZ_SEED", DefaultSeed);

    /// <summary>Seconds of the run, over all targets, <c>MODELAPI_FUZZ_SECONDS</c>.</summary>
    public static double Seconds { get; } = Setting("MODELAPI_FUZZ_SECONDS", DefaultSeconds);

    /// <summary>The index of the first sample, <c>MODELAPI_FUZZ_INDEX</c>: to repeat one that failed.</summary>
    private static int First { get; } = (int)Setting("MODELAPI_FUZZ_INDEX", 0);

    /// <summary>The committed samples of a target: those that failed once, and those that are worth a look in each run.</summary>
    public static IEnumerable<Sample> Corpus(string target)
    {
        var folder = Path.Combine(Repository.Root, "tests", "ModelApi.Fuzz", "Corpus", target);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        return files.Order(StringComparer.Ordinal).Select(file => new Sample(Path.GetFileName(file), File.ReadAllBytes(file)));
    }

    /// <summary>Runs a target.</summary>
    /// <param name="target">Its name, and that of its folder in the corpus.</param>
    /// <param name="share">Its share of the time.</param>
    /// <param name="generate">Makes a sample.</param>
    /// <param name="checkAsync">Throws when a sample shows a fault.</param>
    public static async Task RunAsync(string target, double share, Func<Random, Sample> generate, Func<Sample, Task> checkAsync)
    {
        foreach (var sample in Corpus(target))
        {
            await CheckAsync(sample, $"{target}, corpus", checkAsync);
        }

        var start = Stopwatch.GetTimestamp();
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        var index = First;
        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < share * Seconds; index++)
        {
            var sample = generate(Randomness.Of(Seed, index));
            kinds.Add(sample.Kind);
            await CheckAsync(sample, $"{target}, seed {Seed}, index {index}", checkAsync);
        }

        // A target that makes few samples, or all of one kind, looks at nothing.
        Assert.True(index > First, $"{target}: no sample in {share * Seconds:0} s.");
        Console.WriteLine($"{target}: {index - First} samples of {kinds.Count} kinds, seed {Seed}, from index {First}");
    }

    private static async Task CheckAsync(Sample sample, string place, Func<Sample, Task> checkAsync)
    {
        try
        {
            await checkAsync(sample);
        }
        catch (Exception exception)
        {
            var file = Path.Combine(Path.GetTempPath(), $"modelapi-fuzz-{Guid.NewGuid():n}");
            await File.WriteAllBytesAsync(file, sample.Content);
            throw new FuzzingException(
                $"{place}, {sample.Kind}: {exception.Message}\n"
                    + $"The sample is {file}; it belongs into the corpus with the change that mends the fault. It begins:\n"
                    + Encoding.Latin1.GetString(sample.Content.AsSpan(0, Math.Min(sample.Content.Length, ShownBytes))),
                exception);
        }
    }

    private static double Setting(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
