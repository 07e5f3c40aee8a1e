using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Copies the shipped models and adds spoilt ones beside them; bench/soak.sh calls it.</summary>
internal static class SpoilCommand
{
    /// <summary>Options: <c>--models</c>, <c>--root</c> (the folder that is made), <c>--count</c> and <c>--seed</c>.</summary>
    public static int Run(Options options)
    {
        var models = Directory.GetDirectories(options.Text("models")).Order(StringComparer.Ordinal);
        var bundles = models.Select(model => Path.Combine(model, "1")).ToList();
        var root = options.Text("root");
        foreach (var bundle in bundles)
        {
            var copy = Directory.CreateDirectory(Path.Combine(root, Path.GetFileName(Path.GetDirectoryName(bundle)!), "1"));
            foreach (var file in Directory.GetFiles(bundle))
            {
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }
        }

        for (var i = 0; i < options.Number("count", 10); i++)
        {
            var random = Randomness.Of((int)options.Number("seed", 1), i);
            Console.WriteLine($"spoilt-{i}: {BundleMutator.Write(random, random.Pick(bundles), Path.Combine(root, $"spoilt-{i}", "1"))}");
        }

        return 0;
    }
}
