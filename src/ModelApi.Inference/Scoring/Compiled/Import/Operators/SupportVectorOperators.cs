using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Vectors;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Support vector machines; source: https://onnx.ai/onnx/operators/#ai-onnx-ml.</summary>
internal static class SupportVectorOperators
{
    // Their pairs and probabilities live on the stack.
    private const int MostClasses = 64;

    public static Value Regress(Node node)
    {
        var count = node.Attributes.Int("n_supports", 0);
        var (coefficients, offsets) = (node.Attributes.Floats("coefficients"), node.Attributes.Floats("rho"));
        if (count <= 0 || count != coefficients.Length || offsets.Length == 0)
        {
            throw node.Refuse("has no support vectors, or another number of coefficients");
        }

        var columns = node.Floats(0).Columns;
        var output = node.Plan.Reserve(1);
        node.Plan.Add(new SupportRegressionStage(
            columns,
            ReadVectors(node, columns.Length, coefficients.Length),
            coefficients,
            offsets[0],
            node.Attributes.Int("one_class", 0) != 0,
            output));
        return Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(output, 1));
    }

    public static Value[] Classify(Node node)
    {
        var labels = ClassNames.Read(node, "classlabels_strings", "classlabels_ints");
        var (classes, counts) = (labels.Count, node.Attributes.Ints("vectors_per_class"));
        if (classes is < 2 or > MostClasses || counts.Length != classes || counts.Any(count => count is < 0 or > int.MaxValue))
        {
            throw node.Refuse("has no support vectors, or another number of classes");
        }

        if (node.Attributes.Text("post_transform", "NONE") != "NONE")
        {
            throw node.Refuse("has a post transform");
        }

        var columns = node.AsFloats(0);
        var total = checked((int)counts.Sum());
        var pairs = ReadPairs(node, counts, total);
        var outputs = pairs[0].Platt is not null || classes == 2 ? classes : pairs.Length;
        var label = node.Plan.Reserve(1);
        var first = node.Plan.Reserve(outputs);
        node.Plan.Add(new SupportClassificationStage(columns, ReadVectors(node, columns.Length, total), pairs, classes, label, first));
        return [labels.At(label), Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(first, outputs))];
    }

    // A row of coefficients per class but one: those of a class against the others, in order, without itself.
    private static ClassPair[] ReadPairs(Node node, long[] counts, int total)
    {
        var coefficients = node.Attributes.Floats("coefficients");
        var offsets = node.Attributes.Floats("rho");
        var (factors, shifts) = (node.Attributes.Floats("prob_a"), node.Attributes.Floats("prob_b"));
        var pairs = counts.Length * (counts.Length - 1) / 2;
        if (coefficients.Length != (counts.Length - 1) * (long)total
            || offsets.Length != pairs
            || factors.Length != shifts.Length
            || (factors.Length != 0 && factors.Length != pairs))
        {
            throw node.Refuse("has another number of coefficients than of support vectors and pairs of classes");
        }

        var starts = new int[counts.Length + 1];
        for (var i = 0; i < counts.Length; i++)
        {
            starts[i + 1] = starts[i] + (int)counts[i];
        }

        var read = new List<ClassPair>();
        for (var i = 0; i < counts.Length; i++)
        {
            for (var j = i + 1; j < counts.Length; j++)
            {
                var at = read.Count;
                read.Add(new ClassPair
                {
                    Class = i,
                    Other = j,
                    Vectors = starts[i]..starts[i + 1],
                    Coefficients = coefficients.AsSpan(((j - 1) * total) + starts[i], (int)counts[i]).ToArray(),
                    OtherVectors = starts[j]..starts[j + 1],
                    OtherCoefficients = coefficients.AsSpan((i * total) + starts[j], (int)counts[j]).ToArray(),
                    Offset = offsets[at],
                    Platt = factors.Length > 0 ? (factors[at], shifts[at]) : null,
                });
            }
        }

        return [.. read];
    }

    private static SupportVectors ReadVectors(Node node, int features, int count)
    {
        var vectors = node.Attributes.Floats("support_vectors");
        var parameters = node.Attributes.Floats("kernel_params");
        if (count == 0 || vectors.Length != (long)count * features || parameters.Length is not (0 or 3))
        {
            throw node.Refuse("has another number of support vectors or parameters");
        }

        var kind = node.Attributes.Text("kernel_type", "LINEAR") switch
        {
            "LINEAR" => KernelKind.Linear,
            "POLY" => KernelKind.Polynomial,
            "RBF" => KernelKind.Radial,
            "SIGMOID" => KernelKind.Sigmoid,
            var other => throw node.Refuse($"has the unknown kernel '{other}'"),
        };
        var kernel = parameters is [var gamma, var offset, var degree]
            ? new SupportKernel(kind, gamma, offset, degree)
            : new SupportKernel(kind, 0, 0, 0);
        return new SupportVectors(vectors, count, kernel);
    }
}
