namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>Checks the trees of a component. ML.NET follows them from node to node and would never come out of a circle.</summary>
internal static class TreeBlock
{
    private const byte Plain = 0;
    private const byte WithLabels = 2;

    // The version from which on trees have default values and splits by category, as all have that ML.NET 1.0 or later has saved.
    private static readonly Dictionary<string, uint> Versions = new(StringComparer.Ordinal)
    {
        ["FastForestBinaryExec"] = 0x00010006,
        ["FastForestRegressionExec"] = 0x00010006,
        ["FastTreeBinaryExec"] = 0x00010005,
        ["FastTreeRankerExec"] = 0x00010005,
        ["FastTreeRegressionExec"] = 0x00010005,
        ["FastTreeTweedieExec"] = 0x00010003,
        ["LightGBMBinaryExec"] = 0x00010005,
        ["LightGBMRankerExec"] = 0x00010005,
        ["LightGBMRegressionExec"] = 0x00010005,
    };

    /// <summary>Checks a component if it holds trees.</summary>
    /// <param name="loader">The name of its loader.</param>
    /// <param name="version">The version of its form.</param>
    /// <param name="model">What its loader will read.</param>
    /// <exception cref="InvalidDataException">The nodes do not form trees, or the lists are cut.</exception>
    public static void Check(string loader, uint version, ReadOnlySpan<byte> model)
    {
        if (!Versions.TryGetValue(loader, out var current))
        {
            return;
        }

        if (version < current)
        {
            throw new InvalidDataException("its trees were saved by a version of ML.NET before 1.0; load and save it with a newer one.");
        }

        var reader = new BlockReader(model);
        reader.Integer(); // the size of a float
        var trees = reader.Integer();
        var largest = -1;
        for (var tree = 0; tree < trees; tree++)
        {
            largest = Math.Max(largest, CheckTree(ref reader));
        }

        reader.Take(sizeof(double) + (2 * sizeof(int))); // bias; names of two texts
        var features = reader.Integer();
        if (largest >= features)
        {
            throw new InvalidDataException("a tree reads a feature that the model does not have.");
        }
    }

    /// <returns>The largest index of a feature that the tree reads.</returns>
    private static int CheckTree(ref BlockReader reader)
    {
        var code = reader.Byte();
        if (code is not (Plain or WithLabels))
        {
            throw new InvalidDataException("it holds a kind of tree that is not known.");
        }

        reader.Take(sizeof(int) + (2 * sizeof(double))); // leaves, largest output, weight
        var less = reader.Integers();
        var greater = reader.Integers();
        var features = reader.Integers();
        var largest = -1;
        foreach (var feature in features)
        {
            largest = Math.Max(largest, feature >= 0 ? feature : throw new InvalidDataException("a tree reads a feature below 0."));
        }

        foreach (var node in reader.Integers())
        {
            if (node < 0 || node >= less.Length)
            {
                throw new InvalidDataException("a tree splits by category at a node that it does not have.");
            }

            foreach (var feature in reader.Integers())
            {
                largest = Math.Max(largest, feature);
            }

            reader.Take(2 * sizeof(int)); // the range of the features
        }

        reader.List(sizeof(uint)); // bins
        reader.List(sizeof(float)); // thresholds
        reader.List(sizeof(float)); // default values
        var leaves = reader.List(sizeof(double)).Length / sizeof(double);
        for (var informational = 0; informational < (code == WithLabels ? 5 : 3); informational++)
        {
            reader.List(sizeof(double));
        }

        CheckNodes(less, greater, leaves);
        return largest;
    }

    private static void CheckNodes(ReadOnlySpan<int> less, ReadOnlySpan<int> greater, int leaves)
    {
        if (greater.Length != less.Length || leaves <= less.Length)
        {
            throw new InvalidDataException("the lists of a tree have different lengths.");
        }

        // ML.NET answers 0 for a tree whose first node leads back to it.
        var seen = new bool[less.Length];
        var next = new Stack<int>(less is [] or [0, ..] ? [] : [0]);
        while (next.TryPop(out var node))
        {
            if (node < 0)
            {
                _ = ~node < leaves ? 0 : throw new InvalidDataException("a tree leads to a leaf that it does not have.");
                continue;
            }

            if (node >= seen.Length || seen[node])
            {
                throw new InvalidDataException("the nodes of a tree do not form a tree.");
            }

            seen[node] = true;
            next.Push(less[node]);
            next.Push(greater[node]);
        }
    }
}
