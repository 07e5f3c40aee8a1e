using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Generates the part of a model behind the encoder.</summary>
/// <param name="random">Where everything comes from.</param>
/// <param name="columns">Values that each column takes.</param>
/// <param name="large">Whether the model may be large.</param>
internal sealed class EstimatorGenerator(Random random, IReadOnlyList<float[]> columns, bool large)
{
    private static readonly string[] PostTransforms = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"];
    private static readonly string[] Activations =
        ["Elu", "HardSigmoid", "HardSwish", "LeakyRelu", "Selu", "Softplus", "Softsign", "Identity"];

    private static readonly string[] Aggregates = ["SUM", "AVERAGE", "MIN", "MAX"];

    public EnsembleEstimator Ensemble()
    {
        var made = MakeEnsemble();
        while (!made.IsDefined)
        {
            made = MakeEnsemble();
        }

        return made;
    }

    public LinearEstimator Linear()
    {
        var kind = Pick("LinearClassifier", "LinearRegressor", "MatMul", "Gemm");
        var classes = kind == "LinearClassifier" || random.Next(3) > 0 ? Classes(Math.Max(2, ClassCount()), anyIntegers: true) : null;
        var outputs = classes is null || (classes.Count == 2 && random.Next(2) == 0) ? 1 : classes.Count;
        var exact = random.Next(3) == 0;
        var coefficients = Enumerable.Range(0, outputs)
            .Select(_ => columns.Select(_ => random.Next(5) == 0 ? 0 : Weight(exact)).ToArray()).ToArray();
        var head = classes is null ? "None" : outputs == 1 ? "Complement" : Pick("None", "Softmax", "Sigmoid");
        return new LinearEstimator
        {
            Operator = kind,
            Classes = classes,
            Coefficients = coefficients,
            Intercepts = [.. coefficients.Select(_ => Weight(exact))],

            // With one column ONNX Runtime leaves half of what PROBIT should give as it is.
            PostTransform = !kind.StartsWith("Linear", StringComparison.Ordinal) ? "NONE"
                : outputs == 1 ? Pick(PostTransforms[..4])
                : Pick(PostTransforms),
            Alpha = Pick(1f, 0.5f, -2f),
            Head = kind == "LinearClassifier" ? "None" : head,
            Magnitudes = [.. columns.Select(column => column.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max())],
        };
    }

    public NetworkEstimator Network()
    {
        var classes = random.Next(3) > 0 ? Classes(Math.Max(2, ClassCount()), anyIntegers: true) : null;
        var outputs = classes is null || (classes.Count == 2 && random.Next(2) == 0) ? 1 : classes.Count;
        var layers = new List<DenseLayer>();
        var width = columns.Count;
        for (var hidden = random.Next(1, 4); hidden > 0; hidden--)
        {
            var next = random.Next(4) switch { 0 => random.Next(1, 4), 1 => 32, 2 => random.Next(1, 20), _ => random.Next(20, 70) };
            layers.Add(Layer(width, next, Pick("Relu", "Relu", "Tanh", "Sigmoid", Pick(Activations))));
            width = next;
        }

        layers.Add(Layer(width, outputs, "Identity"));
        return new NetworkEstimator
        {
            Classes = classes,
            Layers = layers,
            Head = classes is null ? "None" : outputs == 1 ? "Complement" : Pick("Softmax", "Softmax", "Sigmoid"),
            Magnitudes = [.. columns.Select(column => column.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max())],
        };
    }

    public SupportVectorEstimator SupportVectors()
    {
        var isRegressor = random.Next(3) == 0;
        var classes = isRegressor ? null : Classes(Math.Max(2, ClassCount() / 2), anyIntegers: true);
        var count = classes?.Count ?? 1;
        var pairs = classes is null ? 1 : count * (count - 1) / 2;
        long[] counts = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(1, random.Next(4) == 0 ? 60 : 8))];
        var vectors = counts.Sum();
        var reach = columns.Select(column => column.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max()).ToArray();

        // So that exponents and powers stay moderate.
        var gamma = (float)(1 / reach.Sum(value => 1 + ((double)value * value)));
        return new SupportVectorEstimator
        {
            Classes = classes,
            Kernel = Pick("LINEAR", "POLY", "RBF", "RBF", "SIGMOID"),
            Parameters = [gamma, Pick(0f, 1f, 0.5f), Pick(2f, 3f, 4f)],
            Vectors = [.. Enumerable.Range(0, (int)vectors).Select(_ => columns.Select(OneOf).ToArray())],
            Coefficients = [.. Enumerable.Range(0, Math.Max(1, count - 1)).Select(_ => Weights((int)vectors))],
            Counts = counts,
            Offsets = Weights(pairs),

            // Without probabilities there is one score per pair of classes, or two for two classes.
            Platt = isRegressor || (count <= 3 && random.Next(2) == 0)
                ? []
                : [.. Enumerable.Range(0, pairs).Select(_ => (-1 - random.NextSingle(), Weight(exact: false)))],
            IsOneClass = isRegressor && random.Next(4) == 0,
            Magnitudes = reach,
        };

        float OneOf(float[] column) => Pick([.. column.Where(float.IsFinite).DefaultIfEmpty(0)]);

        float[] Weights(int length) => [.. Enumerable.Range(0, length).Select(_ => Weight(exact: false))];
    }

    private DenseLayer Layer(int inputs, int outputs, string activation)
    {
        var scale = 1 / MathF.Sqrt(inputs);
        return new DenseLayer(
            [.. Enumerable.Range(0, outputs).Select(_ => Enumerable.Range(0, inputs).Select(_ => Weight(exact: false) * scale).ToArray())],
            [.. Enumerable.Range(0, outputs).Select(_ => Weight(exact: false))],
            activation,
            random.Next(2) == 0);
    }

    private EnsembleEstimator MakeEnsemble()
    {
        var kind = Pick("TreeEnsembleClassifier", "TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble");
        var classCount = ClassCount();
        var classifier = kind == "TreeEnsembleClassifier";
        var binary = classifier && random.Next(3) == 0;
        var count = binary ? 2 : classifier ? Math.Max(2, classCount) : classCount;
        var targets = count;
        var only = binary ? random.Next(2) : -1;
        var classes = classifier ? Classes(count, anyIntegers: binary || count > 2) : null;
        var head = "None";
        if (!classifier && (targets > 1 || random.Next(3) == 0))
        {
            classes = Classes(Math.Max(2, targets), anyIntegers: true);
            head = targets == 1 ? "Complement" : Pick("None", "Softmax", "Sigmoid");
        }

        var doubles = random.Next(5) == 0;
        var holdsDoubles = doubles && (kind == "TreeEnsemble" || random.Next(2) == 0);
        var version = kind == "TreeEnsemble" ? 5 : holdsDoubles ? 3 : classifier || classes is null ? Pick(1, 3, 3, 4) : Pick(3, 4);
        var trees = new TreeGenerator(random, columns, targets)
        {
            Only = only,
            Doubles = holdsDoubles,
            OneWeightPerLeaf = kind == "TreeEnsemble",
            MayHaveMembers = kind == "TreeEnsemble",
        }.Make(TreeCount(), large);
        return new EnsembleEstimator
        {
            Operator = kind,
            Version = version,
            Classes = classes,
            TakesDoubles = doubles,
            HoldsDoubles = holdsDoubles,
            Trees = trees,
            Targets = targets,
            Aggregate = classifier ? "SUM" : Pick(Aggregates),
            PostTransform = Pick(PostTransforms),
            BaseValues = kind == "TreeEnsemble" || random.Next(3) > 0
                ? []
                : BaseValues(classifier && count == 2 && random.Next(3) == 0 ? 1 : count, holdsDoubles),
            Head = head,
            Numbering = random.Next(6),
        };
    }

    private double[] BaseValues(int count, bool doubles) =>
        [.. Enumerable.Range(0, count).Select(_ => doubles ? random.NextDouble() - 0.3 : Weight(exact: random.Next(2) == 0))];

    private int ClassCount() => random.Next(3) switch { 0 => 1, 1 => random.Next(2, 5), _ => random.Next(2, 13) };

    private int TreeCount() => large
        ? random.Next(4) == 0 ? random.Next(500, 1001) : random.Next(20, 200)
        : random.Next(8) == 0 ? random.Next(10, 60) : random.Next(1, 10);

    private ClassLabels Classes(int count, bool anyIntegers)
    {
        var numbers = Enumerable.Range(0, count).Select(number => (long)number).ToArray();
        switch (random.Next(4))
        {
            case 0:
                return new ClassLabels(numbers);
            case 1:
                random.Shuffle(numbers);
                return new ClassLabels([.. numbers.Select(number => anyIntegers ? (number * 3) - 4 : number)]);
            default:
                return new ClassLabels([.. numbers.Select(number => $"class {number}")]);
        }
    }

    private float Weight(bool exact) => exact ? random.Next(-4, 5) / 4f : (float)((random.NextDouble() * 2) - 0.9);

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
