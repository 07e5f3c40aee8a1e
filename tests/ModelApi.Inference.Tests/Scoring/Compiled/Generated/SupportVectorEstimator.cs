using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A support vector machine: a classifier, with or without probabilities, or a regressor.</summary>
internal sealed record SupportVectorEstimator : Estimator
{
    /// <summary>LINEAR, POLY, RBF or SIGMOID.</summary>
    public required string Kernel { get; init; }

    /// <summary>Gamma, offset and degree.</summary>
    public required float[] Parameters { get; init; }

    public required float[][] Vectors { get; init; }

    /// <summary>One row for a regressor; for a classifier one per class but one.</summary>
    public required float[][] Coefficients { get; init; }

    /// <summary>The number of vectors of each class.</summary>
    public required long[] Counts { get; init; }

    /// <summary>One for a regressor; for a classifier one per pair of classes.</summary>
    public required float[] Offsets { get; init; }

    /// <summary>Per pair of classes; none without probabilities.</summary>
    public required (float A, float B)[] Platt { get; init; }

    public required bool IsOneClass { get; init; }

    /// <summary>The greatest magnitude that each column reaches.</summary>
    public required float[] Magnitudes { get; init; }

    public override int MlVersion => 1;

    public override double Floor
    {
        get
        {
            var sum = Coefficients.Max(row => row.Sum(coefficient => Math.Abs((double)coefficient)));
            var factor = 1 + Platt.Select(platt => Math.Abs(platt.A)).DefaultIfEmpty(0).Max();
            return 3e-7 + (2e-6 * ((sum * Reach()) + Offsets.Max(Math.Abs)) * factor);
        }
    }

    public override bool MayRound => true;

    public override void Write(GraphWriter writer, string encoded)
    {
        List<(string Name, object Value)> attributes =
        [
            ("kernel_type", Kernel),
            ("kernel_params", Parameters),
            ("support_vectors", Vectors.SelectMany(vector => vector)),
            ("coefficients", Coefficients.SelectMany(row => row)),
            ("rho", Offsets),
        ];
        if (Classes is null)
        {
            attributes.AddRange([("n_supports", Vectors.Length), ("one_class", IsOneClass ? 1 : 0)]);
            WriteScores(writer, writer.Add("SVMRegressor", encoded, [.. attributes]), "None");
            return;
        }

        attributes.AddRange([("vectors_per_class", Counts), LabelAttribute("classlabels_ints")]);
        if (Platt.Length > 0)
        {
            attributes.AddRange([("prob_a", Platt.Select(platt => platt.A)), ("prob_b", Platt.Select(platt => platt.B))]);
        }

        var (label, probabilities) = writer.AddTwo("SVMClassifier", encoded, [.. attributes]);
        writer.Output(label, "label", Classes.AreIntegers ? TensorElementType.Int64 : TensorElementType.String, null);
        writer.Output(probabilities, "probabilities", TensorElementType.Float, Classes.Count);
    }

    public override IEnumerable<Estimator> Shrink()
    {
        if (Kernel != "LINEAR")
        {
            yield return this with { Kernel = "LINEAR" };
        }
    }

    /// <summary>Scores one row in 64 bits.</summary>
    public (int Label, float[] Values) Score(double[] row)
    {
        var nearness = Vectors.Select(vector => Nearness(row, vector)).ToArray();
        if (Classes is null)
        {
            var sum = Offsets[0] + Coefficients[0].Select((coefficient, i) => coefficient * nearness[i]).Sum();
            return (0, [IsOneClass ? (sum > 0 ? 1 : -1) : (float)sum]);
        }

        var classes = Counts.Length;
        var owners = Counts.SelectMany((count, owner) => Enumerable.Repeat(owner, (int)count)).ToArray();
        var votes = new int[classes];
        var scores = new List<double>();
        for (var i = 0; i < classes; i++)
        {
            for (var j = i + 1; j < classes; j++)
            {
                double sum = Offsets[scores.Count];
                for (var vector = 0; vector < owners.Length; vector++)
                {
                    sum += owners[vector] == i ? Coefficients[j - 1][vector] * nearness[vector]
                        : owners[vector] == j ? Coefficients[i][vector] * nearness[vector]
                        : 0;
                }

                votes[sum > 0 ? i : j]++;
                scores.Add(sum);
            }
        }

        var label = Array.IndexOf(votes, votes.Max());
        double[] values = Platt.Length > 0 ? Couple(scores, classes) : classes == 2 ? [-scores[0], scores[0]] : [.. scores];
        return (label, Array.ConvertAll(values, value => (float)value));
    }

    public override string ToString() =>
        $"{Kernel} {string.Join(' ', Parameters)}, {Vectors.Length} vectors, {Platt.Length} pairs with probabilities, "
        + $"one class {IsOneClass}, offsets {string.Join(' ', Offsets)}, classes {(Classes is null ? "none" : string.Join(',', Classes.Names))}";

    private double Reach()
    {
        var product = Vectors.Max(vector => vector.Select((value, i) => Math.Abs((double)value) * Magnitudes[i]).Sum());
        return Kernel switch
        {
            "RBF" => 1 + (Parameters[0] * Vectors.Max(Distance)),
            "POLY" => Math.Pow((Parameters[0] * product) + Math.Abs(Parameters[1]), Parameters[2]) * Parameters[2],
            "SIGMOID" => 1 + (Parameters[0] * product),
            _ => product,
        };
    }

    private double Distance(float[] vector) => vector.Select((value, i) => Math.Pow(Math.Abs(value) + Magnitudes[i], 2)).Sum();

    private double Nearness(double[] row, float[] vector)
    {
        var product = row.Select((value, i) => (float)value * (double)vector[i]).Sum();
        return Kernel switch
        {
            "RBF" => Math.Exp(-Parameters[0] * row.Select((value, i) => Math.Pow((float)value - vector[i], 2)).Sum()),
            "POLY" => Math.Pow((Parameters[0] * product) + Parameters[1], Parameters[2]),
            "SIGMOID" => Math.Tanh((Parameters[0] * product) + Parameters[1]),
            _ => product,
        };
    }

    // As libsvm couples the pairs, with its limit of steps and precision.
    private double[] Couple(List<double> scores, int classes)
    {
        var r = new double[classes, classes];
        var pair = 0;
        for (var i = 0; i < classes; i++)
        {
            for (var j = i + 1; j < classes; j++, pair++)
            {
                r[i, j] = Math.Clamp(1 / (1 + Math.Exp((scores[pair] * Platt[pair].A) + Platt[pair].B)), 1e-7, 1 - 1e-7);
                r[j, i] = 1 - r[i, j];
            }
        }

        var q = new double[classes, classes];
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
            {
                q[i, j] = i == j ? Enumerable.Range(0, classes).Where(k => k != i).Sum(k => r[k, i] * r[k, i]) : -r[j, i] * r[i, j];
            }
        }

        var p = Enumerable.Repeat(1.0 / classes, classes).ToArray();
        for (var step = 0; step < 100; step++)
        {
            var qp = Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Sum(j => q[i, j] * p[j])).ToArray();
            var pqp = p.Select((value, i) => value * qp[i]).Sum();
            if (!qp.Any(value => Math.Abs(value - pqp) >= 0.005 / classes))
            {
                break;
            }

            for (var i = 0; i < classes; i++)
            {
                var change = (pqp - qp[i]) / q[i, i];
                p[i] += change;
                pqp = (pqp + (change * ((change * q[i, i]) + (2 * qp[i])))) / ((1 + change) * (1 + change));
                for (var j = 0; j < classes; j++)
                {
                    qp[j] = (qp[j] + (change * q[i, j])) / (1 + change);
                    p[j] /= 1 + change;
                }
            }
        }

        return p;
    }
}
