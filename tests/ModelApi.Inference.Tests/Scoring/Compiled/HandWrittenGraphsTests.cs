using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>Graphs as other exporters write them, and cases in which ONNX Runtime's rules are surprising.</summary>
public sealed class HandWrittenGraphsTests
{
    private const double Missing = double.NaN;

    private static readonly TreeLeaf One = Leaf(1);
    private static readonly TreeLeaf Two = Leaf(2);

    [Fact]
    public void A_logistic_regression_of_plain_operators()
    {
        var writer = new GraphWriter();
        var product = writer.Add("MatMul", [writer.Input("x", TensorElementType.Float, 2), writer.Constant([2f, -1f], 2, 1)]);
        var second = writer.Add("Sigmoid", writer.Add("Add", [product, writer.Constant([0.5f])]));
        var both = writer.Add("Concat", [writer.Add("Sub", [writer.Constant([1f]), second]), second], ("axis", 1));
        WriteAnswer(writer, both);

        var answers = Score(writer, 2, new ClassLabels([0L, 1L]), [[1, 0.5], [-1, 0], [0, 0.5]]);

        // 1/(1+e^-2), 1/(1+e^1.5) and, at the boundary, the first class.
        AssertClose([0.119203f, 0.880797f, 0.817574f, 0.182426f, 0.5f, 0.5f], answers.Probabilities);
        Assert.Equal([1, 0, 0], answers.Labels.ToArray());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void A_softmax_regression_of_plain_operators(int opset)
    {
        var writer = new GraphWriter(opset);
        var gemm = writer.Add(
            "Gemm",
            [
                writer.Input("x", TensorElementType.Float, 2),
                writer.Constant([1f, 0f, 0f, 1f, 1f, 1f], 3, 2),
                writer.Constant([0f, 0f, -1f]),
            ],
            ("transB", 1));
        WriteAnswer(writer, writer.Add("Softmax", gemm, ("axis", 1)));

        var answers = Score(writer, 2, new ClassLabels([0L, 1L, 2L]), [[0, 0], [1, 1], [-1, 3]]);

        AssertClose(
            [0.422319f, 0.422319f, 0.155362f, 0.333333f, 0.333333f, 0.333333f, 0.015876f, 0.866814f, 0.117310f], answers.Probabilities);
        Assert.Equal([0, 0, 1], answers.Labels.ToArray());
    }

    [Fact]
    public void A_TreeEnsemble_with_sets_of_members()
    {
        // What LightGBM's categorical splits come out as: one set of up to 32 small numbers, and one with others.
        var small = new TreeBranch(0, "MEMBER", 0, [1, 3, 32], false, Leaf(10), Leaf(20));
        var others = new TreeBranch(
            0, "MEMBER", 0, [0, 33, -2, 3], true, Leaf(1), new TreeBranch(1, "GT", 0.5, [], false, Leaf(2), Leaf(3)));

        var answers = Score(
            Trees("TreeEnsemble", [small, others]), [[1, 0], [3, 1], [32, 1], [33, 0], [0, 0], [-2, 0], [2.5, 1], [Missing, 0]]);

        Assert.Equal([13f, 11f, 12f, 21f, 21f, 21f, 22f, 21f], answers.Values.ToArray());
    }

    [Fact]
    public void A_set_with_a_member_above_30_truncates_values()
    {
        double[][] rows = [[1.5, 0], [-0.3, 0], [31.9, 0], [30.5, 0], [Missing, 0], [double.PositiveInfinity, 0]];

        Assert.Equal(
            [2f, 2f, 2f, 2f, 2f, 2f],
            Score(Trees("TreeEnsemble", [new TreeBranch(0, "MEMBER", 0, [1, 0, 30], false, One, Two)]), rows).Values.ToArray());
        Assert.Equal(
            [1f, 1f, 1f, 2f, 2f, 2f],
            Score(Trees("TreeEnsemble", [new TreeBranch(0, "MEMBER", 0, [1, 0, 31], false, One, Two)]), rows).Values.ToArray());
    }

    [Theory]
    [InlineData("SUM")]
    [InlineData("AVERAGE")]
    [InlineData("MIN")]
    [InlineData("MAX")]
    public void A_target_without_a_weight_in_a_row_is_zero_whatever_its_base_value(string aggregate)
    {
        var model = Trees("TreeEnsembleRegressor", [new TreeBranch(0, "LEQ", 0, [], false, Leaf(1), Leaf(3, 1))]) with
        {
            Classes = new ClassLabels([0L, 1L]),
            Targets = 2,
            Aggregate = aggregate,
            BaseValues = [0.5, 0.25],
        };

        Assert.Equal([1.5f, 0f, 0f, 3.25f], Score(model, [[0, 0], [1, 0]]).Probabilities.ToArray());
    }

    [Theory]
    [InlineData("LEQ", new float[] { 1, 1, 2, 2, 2, 1, 1 })]
    [InlineData("LT", new float[] { 1, 2, 2, 2, 2, 1, 2 })]
    [InlineData("GTE", new float[] { 2, 1, 1, 2, 1, 2, 1 })]
    [InlineData("GT", new float[] { 2, 2, 1, 2, 1, 2, 2 })]
    [InlineData("EQ", new float[] { 2, 1, 2, 2, 2, 2, 1 })]
    [InlineData("NEQ", new float[] { 1, 2, 1, 1, 1, 1, 2 })]
    public void A_missing_value_fails_every_comparison_but_NEQ_unless_it_tracks_true(string mode, float[] expected)
    {
        double[][] rows = [[-1, 0], [0, 0], [1, 0], [Missing, 0], [double.PositiveInfinity, 0], [double.NegativeInfinity, 0], [-0.0, 0]];
        foreach (var kind in new[] { "TreeEnsembleRegressor", "TreeEnsemble" })
        {
            var plain = Score(Trees(kind, [new TreeBranch(0, mode, 0, [], false, One, Two)]), rows);
            var tracking = Score(Trees(kind, [new TreeBranch(0, mode, 0, [], true, One, Two)]), rows);

            Assert.Equal(expected, plain.Values.ToArray());
            Assert.Equal(expected.Select((value, row) => row == 3 ? 1 : value), tracking.Values.ToArray());
        }
    }

    [Fact]
    public void Boosting_with_a_base_value_missing_values_and_categories_as_equalities()
    {
        // As LightGBM is exported: weights of the second class alone, categories as a chain of equalities.
        var last = new TreeBranch(1, "EQ", 40, [], false, Leaf(0.4), Leaf(-0.3));
        var chain = new TreeBranch(1, "EQ", 2, [], false, Leaf(0.4), new TreeBranch(1, "EQ", 5, [], false, Leaf(0.4), last));
        var model = Trees(
            "TreeEnsembleClassifier",
            [new TreeBranch(0, "LEQ", 1.5, [], true, Leaf(-0.5), chain), new TreeBranch(0, "LEQ", 0, [], false, Leaf(0.1), Leaf(0.2))]) with
        {
            Classes = new ClassLabels(["no", "yes"]),
            Targets = 2,
            BaseValues = [0.25],
            PostTransform = "LOGISTIC",
        };

        var answers = Score(model, [[2, 2], [2, 5], [2, 40], [2, 3], [Missing, 2], [0, 2]]);

        // 0.85, 0.85, 0.85, 0.15, -0.05 and -0.15 through the logistic function.
        AssertClose(
            [
                0.299433f, 0.700567f, 0.299433f, 0.700567f, 0.299433f, 0.700567f,
                0.462570f, 0.537430f, 0.512497f, 0.487503f, 0.537430f, 0.462570f,
            ],
            answers.Probabilities);
        Assert.Equal([1, 1, 1, 1, 0, 0], answers.Labels.ToArray());
    }

    [Fact]
    public void Equalities_in_a_row_with_leaves_of_one_weight_are_one_set_to_ONNX_Runtime()
    {
        // Leaves of the same weight are the same to it, whatever their classes: 2 gets the class of 1.
        var chain = new TreeBranch(0, "EQ", 1, [], false, Leaf(1, 0), new TreeBranch(0, "EQ", 2, [], false, Leaf(1, 1), Leaf(1, 2)));
        var model = Trees("TreeEnsembleClassifier", [chain]) with { Classes = new ClassLabels([0L, 1L, 2L]), Targets = 3 };

        var answers = Score(model, [[1, 0], [2, 0], [3, 0]], mayBeLeft: true);

        Assert.Equal([0, 0, 2], answers.Labels.ToArray());
    }

    [Fact]
    public void The_first_class_wins_among_equal_scores()
    {
        var leaf = new TreeLeaf([(2, 0.25), (1, 0.5), (3, 0.5)], 0);
        var model = Trees("TreeEnsembleClassifier", [new TreeBranch(0, "LEQ", 0, [], false, leaf, new TreeLeaf([(3, 0)], 0))]) with
        {
            Classes = new ClassLabels(["a", "b", "c", "d"]),
            Targets = 4,
        };

        var answers = Score(model, [[0, 0], [1, 0]]);

        // Only classes that a leaf has a weight for take part: the last row's zero beats the zeros that were never added.
        Assert.Equal([1, 3], answers.Labels.ToArray());
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.500000059604644775390625, 1)]
    public void Two_classes_with_positive_weights_for_one_have_their_threshold_at_a_half(double weight, int expected)
    {
        foreach (var target in new[] { 0, 1 })
        {
            var model = Trees("TreeEnsembleClassifier", [new TreeLeaf([(target, weight)], 0)])
                with
            { Classes = new ClassLabels(["no", "yes"]), Targets = 2 };

            Assert.Equal(expected, Score(model, [[0, 0]]).Labels[0]);
        }
    }

    [Fact]
    public void Two_classes_with_weights_for_both_are_decided_by_the_second_score()
    {
        var model = Trees("TreeEnsembleClassifier", [new TreeLeaf([(0, 0.7), (1, 0.3)], 0)])
            with
        { Classes = new ClassLabels(["no", "yes"]), Targets = 2 };

        var answers = Score(model, [[0, 0]]);

        Assert.Equal([1], answers.Labels.ToArray());
        Assert.Equal([0.7f, 0.3f], answers.Probabilities.ToArray());
    }

    [Fact]
    public void Floats_are_added_as_floats_in_the_order_of_the_trees()
    {
        var trees = new[] { Leaf(1e8), Leaf(1), Leaf(-1e8), Leaf(0.25) };

        Assert.Equal(0.25f, Score(Trees("TreeEnsembleRegressor", trees), [[0, 0]]).Values[0]);
        Assert.Equal(
            1.25f, Score(Trees("TreeEnsembleRegressor", trees) with { TakesDoubles = true, HoldsDoubles = true }, [[0, 0]]).Values[0]);
    }

    [Fact]
    public void Doubles_are_compared_as_doubles()
    {
        var tree = new TreeBranch(0, "LEQ", 0.1, [], false, One, Two);
        double[][] rows = [[0.1, 0], [0.1 + 1e-12, 0], [(float)0.1, 0]];

        Assert.Equal(
            [1f, 2f, 2f],
            Score(Trees("TreeEnsembleRegressor", [tree]) with { TakesDoubles = true, HoldsDoubles = true }, rows).Values.ToArray());

        // Floats among the attributes are thresholds all the same, and 0.1 as a float is larger than 0.1.
        Assert.Equal([1f, 1f, 1f], Score(Trees("TreeEnsembleRegressor", [tree]) with { TakesDoubles = true }, rows).Values.ToArray());
    }

    [Fact]
    public void A_map_beside_the_answer_is_left_out()
    {
        var writer = new GraphWriter();
        var scores = writer.Add(
            "LinearRegressor",
            writer.Input("x", TensorElementType.Float, 2),
            ("coefficients", Floats(1f, 0f, 0f, 1f)),
            ("intercepts", Floats(0f, 0f)),
            ("targets", 2),
            ("post_transform", "SOFTMAX"));
        WriteAnswer(writer, scores);
        writer.OutputMaps(writer.Add("ZipMap", scores, ("classlabels_int64s", Integers(0L, 1L))), TensorElementType.Int64);

        var answers = Score(writer, 2, new ClassLabels([0L, 1L]), [[0, 1]]);

        AssertClose([0.268941f, 0.731059f], answers.Probabilities);
        Assert.Equal([1], answers.Labels.ToArray());
    }

    [Fact]
    public void A_category_that_an_encoder_refuses_fails_with_both_engines()
    {
        var writer = new GraphWriter();
        var hot = writer.Add(
            "OneHotEncoder", writer.Input("x", TensorElementType.Float, null), ("cats_int64s", Integers(0L, 1L)), ("zeros", 0));
        var value = writer.Add("LinearRegressor", hot, ("coefficients", Floats(3f, 4f)), ("intercepts", Floats(0f)), ("targets", 1));
        writer.Output(value, "value", TensorElementType.Float, 1);
        var bundle = MemoryBundle.Create(Signature(["x"], null), [writer.ToBytes()]);

        Assert.Equal([4f, 3f], Score(bundle, [[1], [0.5]], mayBeLeft: true).Values.ToArray());
        AssertBothFail(bundle, [2]);
    }

    [Fact]
    public void A_missing_value_that_a_binarizer_refuses_fails_with_both_engines()
    {
        var writer = new GraphWriter();
        var bits = writer.Add("Binarizer", writer.Input("x", TensorElementType.Float), ("threshold", 0.5f));
        var value = writer.Add("LinearRegressor", bits, ("coefficients", Floats(3f)), ("intercepts", Floats(1f)), ("targets", 1));
        writer.Output(value, "value", TensorElementType.Float, 1);
        var bundle = MemoryBundle.Create(Signature(["x"], null), [writer.ToBytes()]);

        Assert.Equal([1f, 4f], Score(bundle, [[0.5], [0.75]], mayBeLeft: true).Values.ToArray());
        AssertBothFail(bundle, [Missing]);
    }

    [Theory]
    [InlineData(0, new float[] { 0, 0, 0, 2, 1, 0 })]
    [InlineData(1, new float[] { 0, 1, 0, 2, 1, 0 })]
    public void A_text_that_is_a_stop_word_as_a_whole_is_empty(int isCaseSensitive, float[] expected)
    {
        var writer = new GraphWriter();
        var text = writer.Add("Reshape", [writer.Input("x", TensorElementType.String), writer.Constant([-1L])]);
        text = writer.Add(
            "StringNormalizer",
            text,
            ("case_change_action", "LOWER"),
            ("is_case_sensitive", isCaseSensitive),
            ("locale", "C"),
            ("stopwords", Texts("The", "a b")));
        var tokens = writer.Add("Tokenizer", text, ("tokenexp", "[a-z]+"), ("mark", 0), ("mincharnum", 1), ("pad_value", "#"));
        var counts = writer.Add(
            "TfIdfVectorizer",
            writer.Add("Flatten", tokens),
            ("mode", "TF"),
            ("min_gram_length", 1),
            ("max_gram_length", 1),
            ("max_skip_count", 0),
            ("ngram_counts", Integers(0L)),
            ("ngram_indexes", Integers(0L)),
            ("pool_strings", Texts("the")));
        writer.Output(counts, "value", TensorElementType.Float, 1);
        var feature = new Feature { Name = "x", Type = FeatureType.String, Nullable = true, Example = null };
        var bundle = MemoryBundle.Create(new Signature([feature]) { Task = ModelTask.Regression }, [writer.ToBytes()]);
        using var reference = new OnnxRuntimeScorer(bundle);
        using var compiled = Sameness.Compile(bundle, out var reason);
        Assert.True(compiled is not null, reason);
        var answers = new List<float>();
        foreach (var row in Texts("The", "thE", "A B", "the the", "the a", ""))
        {
            var batch = new FeatureBatch(bundle.Manifest.Signature);
            batch.SetText(batch.AddRow(), 0, row);
            Assert.Null(Sameness.FindDifference(batch, reference, compiled));
            var answer = new PredictionBatch(bundle.Manifest.Signature);
            compiled.Score(batch, answer, CancellationToken.None);
            answers.Add(answer.Values[0]);
        }

        Assert.Equal(expected, answers);
    }

    private static string[] Texts(params string[] values) => values;

    private static float[] Floats(params float[] values) => values;

    private static long[] Integers(params long[] values) => values;

    private static TreeLeaf Leaf(double weight, int target = 0) => new([(target, weight)], 0);

    private static EnsembleEstimator Trees(string kind, IReadOnlyList<TreeNode> trees) => new()
    {
        Operator = kind,
        Version = kind == "TreeEnsemble" ? 5 : 3,
        Classes = null,
        TakesDoubles = false,
        HoldsDoubles = false,
        Trees = trees,
        Targets = 1,
        Aggregate = "SUM",
        PostTransform = "NONE",
        BaseValues = [],
        Head = "None",
        Numbering = 0,
    };

    private static Signature Signature(IEnumerable<string> names, ClassLabels? classes) =>
        new([.. names.Select(name => new Feature { Name = name, Type = FeatureType.Number, Nullable = true, Example = null })])
        {
            Task = classes is null ? ModelTask.Regression : ModelTask.Classification,
            Classes = classes,
        };

    private static void WriteAnswer(GraphWriter writer, string probabilities)
    {
        writer.Output(writer.Add("ArgMax", probabilities, ("axis", 1), ("keepdims", 0)), "label", TensorElementType.Int64, null);
        writer.Output(probabilities, "probabilities", TensorElementType.Float, null);
    }

    private static PredictionBatch Score(EnsembleEstimator ensemble, double[][] rows, bool mayBeLeft = false)
    {
        var writer = new GraphWriter(ml: ensemble.Version);
        ensemble.Write(writer, writer.Input("x", ensemble.InputType, 2));
        return Score(writer, 2, ensemble.Classes, rows, mayBeLeft);
    }

    private static PredictionBatch Score(GraphWriter writer, int features, ClassLabels? classes, double[][] rows, bool mayBeLeft = false)
    {
        string[] names = [.. Enumerable.Range(0, features).Select(feature => $"f{feature}")];
        var inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = names };
        return Score(MemoryBundle.Create(Signature(names, classes), [writer.ToBytes()], inputs), rows, mayBeLeft);
    }

    /// <summary>Scores with both engines.</summary>
    /// <returns>What ONNX Runtime answers, from which the compiled engine must not differ.</returns>
    private static PredictionBatch Score(Bundle bundle, double[][] rows, bool mayBeLeft = false)
    {
        var batch = Fill(bundle.Golden.Features, rows);
        using var reference = new OnnxRuntimeScorer(bundle);
        using var compiled = Sameness.Compile(bundle, out var reason);
        Assert.True(compiled is not null || (mayBeLeft && reason is { Length: > 0 }), reason);
        if (compiled is not null)
        {
            Assert.Null(Sameness.FindDifference(batch, reference, compiled));
        }

        var answers = new PredictionBatch(bundle.Manifest.Signature);
        reference.Score(batch, answers, CancellationToken.None);
        return answers;
    }

    private static void AssertBothFail(Bundle bundle, double[] row)
    {
        var batch = Fill(new FeatureBatch(bundle.Manifest.Signature), [row]);
        using var reference = new OnnxRuntimeScorer(bundle);
        using var compiled = Sameness.Compile(bundle, out var reason);
        Assert.Throws<OnnxRuntimeException>(() => reference.Score(batch, new PredictionBatch(batch.Signature), CancellationToken.None));
        Assert.True(compiled is null ? reason is { Length: > 0 } : Fails(compiled, batch));
    }

    private static bool Fails(IScorer scorer, FeatureBatch batch) =>
        Record.Exception(() => scorer.Score(batch, new PredictionBatch(batch.Signature), CancellationToken.None)) is not null;

    private static FeatureBatch Fill(FeatureBatch batch, double[][] rows)
    {
        foreach (var cells in rows)
        {
            var row = batch.AddRow();
            for (var feature = 0; feature < cells.Length; feature++)
            {
                batch.SetNumber(row, feature, cells[feature]);
            }
        }

        return batch;
    }

    private static void AssertClose(float[] expected, ReadOnlySpan<float> actual) =>
        Assert.Equal(expected, actual.ToArray(), (a, b) => MathF.Abs(a - b) <= 1e-6f);
}
