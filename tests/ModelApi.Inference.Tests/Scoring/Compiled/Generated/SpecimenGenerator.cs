using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Generates models from a random seed, most of them small and a few large.</summary>
internal sealed class SpecimenGenerator
{
    private static readonly float[] Special =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f,
        float.Epsilon, -float.Epsilon, 1e-40f, float.MaxValue, float.MinValue,
    ];

    private static readonly string[] Kept = ["Identity", "Reshape", "Flatten", "Unsqueeze", "Cast", "FeatureVectorizer"];
    private static readonly string[] Flattened = ["Reshape", "Reshape0", "Squeeze", "Flatten"];

    private readonly Random _random;
    private readonly List<Feature> _features = [];
    private readonly List<Func<object?>> _cells = [];

    // A linear model's sums must not overflow, nor cancel beyond what the tolerance allows for.
    private readonly bool _linear;
    private readonly bool _large;

    private SpecimenGenerator(int seed)
    {
        _random = new Random(seed);
        _linear = _random.Next(7) < 2;
        _large = _random.Next(40) == 0;
    }

    public static Arbitrary<Specimen> Arbitrary { get; } = Arb.From(
        Gen.Choose(int.MinValue, int.MaxValue).Select(Make),
        Shrink);

    public static Specimen Make(int seed) => new SpecimenGenerator(seed).Make();

    private static IEnumerable<Specimen> Shrink(Specimen specimen)
    {
        var rows = specimen.Rows;
        if (rows.Count > 1)
        {
            yield return specimen with { Rows = [.. rows.Take(rows.Count / 2)] };
            yield return specimen with { Rows = [.. rows.Skip(rows.Count / 2)] };
            yield return specimen with { Rows = [.. rows.Skip(1)] };
        }

        foreach (var estimator in specimen.Estimator.Shrink())
        {
            yield return specimen with { Estimator = estimator };
        }

        if (!specimen.OneGraph && Specimen.FitOneGraph(specimen.Blocks, specimen.Estimator))
        {
            yield return specimen with { OneGraph = true };
        }

        for (var block = 0; block < specimen.Blocks.Count; block++)
        {
            if (specimen.Blocks[block] is NumberBlock { Steps: [.. var steps, var last] } numbers
                && last is not (Select or Impute or Reduction))
            {
                yield return specimen with
                {
                    Blocks = [.. specimen.Blocks.Select((other, index) => index == block ? numbers with { Steps = steps } : other)],
                };
            }
        }

        if (rows.Count == 1)
        {
            for (var feature = 0; feature < Math.Min(rows[0].Length, 50); feature++)
            {
                if (rows[0][feature] is double number and not 0)
                {
                    yield return specimen with { Rows = [[.. rows[0].Select((cell, index) => index == feature ? 0.0 : cell)]] };
                }
            }
        }
    }

    private Specimen Make()
    {
        var blocks = Blocks();
        var columns = blocks.SelectMany(block => block.Values).ToList();
        var generator = new EstimatorGenerator(_random, columns, _large);
        Estimator estimator = !_linear ? generator.Ensemble() : _random.Next(4) switch
        {
            0 => generator.SupportVectors(),
            1 => generator.Network(),
            _ => generator.Linear(),
        };
        var count = _random.Next(20) == 0 ? _random.Next(100, 301) : _random.Next(1, 40);
        return new Specimen
        {
            Features = _features,
            Blocks = blocks,
            Estimator = estimator,
            OneGraph = _random.Next(2) == 0 && Specimen.FitOneGraph(blocks, estimator),
            Opset = Pick(14, 15, 17, 18),
            Rows = [.. Enumerable.Range(0, count).Select(_ => _cells.Select(cell => cell()).ToArray())],
        };
    }

    private List<EncoderBlock> Blocks()
    {
        var blocks = new List<EncoderBlock>();
        var budget = _random.Next(12) switch { 0 => _random.Next(1, 201), < 4 => _random.Next(1, 30), _ => _random.Next(1, 9) };
        var version = Pick(1, 2, 4);
        while (budget > 0)
        {
            var take = Math.Min(budget, _random.Next(4) == 0 ? 1 : _random.Next(1, 60));
            switch (_random.Next(6))
            {
                case 0 when _random.Next(3) == 0:
                    blocks.Add(new TextGenerator(_random).Make(_features.Count, _linear));
                    Add(FeatureType.String, null, true, () => _random.Next(10) == 0 ? null : TextGenerator.Text(_random));
                    budget--;
                    break;
                case 0:
                    blocks.Add(Category(version));
                    budget--;
                    break;
                case 1:
                    blocks.Add(Integer());
                    budget--;
                    break;
                default:
                    blocks.Add(Numbers(take, version));
                    budget -= take;
                    break;
            }
        }

        return blocks;
    }

    private NumberBlock Numbers(int count, int version)
    {
        var first = _features.Count;
        var nullable = _random.Next(3) > 0;
        var style = _random.Next(5);
        var pools = Enumerable.Range(0, count).Select(_ => Pool(style)).ToArray();
        for (var i = 0; i < count; i++)
        {
            var pool = pools[i];
            Add(FeatureType.Number, null, nullable, () => Number(pool, nullable));
        }

        var joined = _random.Next(2) == 0;
        var steps = new List<NumberStep>();
        var columns = count;
        var imputed = !nullable;
        for (var i = _random.Next(6) switch { < 3 => 0, 5 => 3, var few => few - 2 }; i > 0; i--)
        {
            var step = Step(columns, version, pools[0], ref imputed);
            steps.Add(step);
            columns = step is Select select ? select.Columns.Length : columns;
            columns = step is Reduction ? 1 : columns;
            if (step is Reduction || (step is Curve curve && Curve.Inexact.Contains(curve.Operator)))
            {
                // A jump behind it would fall on either side of its last digit.
                break;
            }
        }

        return new NumberBlock([.. Enumerable.Range(first, count)], joined, [.. steps], pools);
    }

    private NumberStep Step(int columns, int version, float[] pool, ref bool imputed)
    {
        switch (_random.Next(10))
        {
            case 0:
                var nan = !imputed || _random.Next(2) == 0;
                imputed |= nan;
                return new Impute(Constants(columns), nan ? float.NaN : _random.Next(-1, 3));
            case 1:
                var each = _random.Next(2) == 0;
                return new Scale(
                    each ? Constants(columns, one: false) : [Constant()], each ? Constants(columns, one: false) : [Constant()]);
            case 2:
                // A row of infinities divided by infinity is NaN, which the label of a Binarizer behind it would not survive.
                imputed = false;
                return new Normalize(Pick("MAX", "L1", "L2"));
            case 3 when imputed:
                return new Binarize(Constant());
            case 4:
                imputed = false;
                return new Arithmetic(Pick("Add", "Sub", "Mul", "Div"), Constants(columns), _random.Next(4) == 0);
            case 5:
                return new Select(
                    [.. Enumerable.Range(0, _random.Next(1, columns + 1)).Select(_ => _random.NextInt64(columns))],
                    Pick("Gather", "ArrayFeatureExtractor"));
            case 6 when version > 1:
                float[] keys = [.. pool.Distinct().Append(float.NaN)];
                imputed = true;
                return new Recode(keys, [.. keys.Select(_ => Constant())], Constant(), version);
            case 7:
            case 8 when _linear:
                // The square root of a negative number is missing.
                imputed = false;
                return new Curve(_linear && _random.Next(4) > 0 ? Pick(Curve.Inexact) : Pick(Curve.Exact));
            case 9 when _linear && _random.Next(2) == 0:
                return new Reduction(Pick(Reduction.Operators));
            default:
                return new Keep(Pick(Kept));
        }
    }

    private CategoryBlock Category(int version)
    {
        var count = _random.Next(25) == 0 ? _random.Next(300, 4000) : _random.Next(1, 12);
        var names = Enumerable.Range(0, count)
            .Select(index => index == 3 && _random.Next(4) == 0 ? "" : _random.Next(10) == 0 ? $"é ñ {index}" : $"c{index}").ToArray();
        var refuses = _random.Next(8) == 0;
        var encoded = names.Where(_ => refuses || _random.Next(8) > 0).DefaultIfEmpty(names[0]).ToArray();
        _random.Shuffle(encoded);
        var known = _random.Next(5) > 0 ? names : null;
        Add(FeatureType.String, known, true, () =>
            _random.Next(12) switch { 0 when !refuses => null, 1 when !refuses => "never seen", _ => Pick(names) });
        float[]? numbers = null;
        if (_random.Next(3) == 0)
        {
            numbers = version == 1
                ? [.. Enumerable.Range(0, encoded.Length).Select(index => (float)index), -1]
                : [.. encoded.Select(_ => version == 4 ? Constant() : _random.Next(-5, 40)), _random.Next(2) == 0 ? -1 : 0];
        }

        return new CategoryBlock(_features.Count - 1, encoded, numbers, version, _random.Next(5) == 0 ? 1 : 2, Pick(Flattened), refuses);
    }

    private IntegerBlock Integer()
    {
        var type = Pick(TensorElementType.Float, TensorElementType.Int64, TensorElementType.Double, TensorElementType.Bool);
        var nullable = type is TensorElementType.Float or TensorElementType.Double && _random.Next(2) == 0;
        var top = type == TensorElementType.Bool ? 2 : _random.Next(2, 40);
        var pool = Enumerable.Range(0, 6).Select(_ => (float)_random.Next(top)).Append(0.5f).ToArray();
        var fractions = type is TensorElementType.Float or TensorElementType.Double;
        Add(
            type == TensorElementType.Bool ? FeatureType.Boolean : fractions ? FeatureType.Number : FeatureType.Integer,
            null,
            nullable,
            () => Cell());
        var hot = type != TensorElementType.Bool && _random.Next(2) == 0;
        var categories = Enumerable.Range(-1, top + 1)
            .Where(_ => _random.Next(6) > 0).Select(value => (long)value).Append(top + 5L).ToArray();
        _random.Shuffle(categories);
        return new IntegerBlock(_features.Count - 1, type, hot ? categories : null, pool, Pick(Flattened));

        double Cell()
        {
            if (nullable && _random.Next(8) == 0)
            {
                return double.NaN;
            }

            var whole = _random.Next(top);
            return whole + (fractions && _random.Next(6) == 0 ? 0.75 : type == TensorElementType.Bool ? 0 : _random.Next(10) == 0 ? -3 : 0);
        }
    }

    private void Add(FeatureType type, string[]? categories, bool nullable, Func<object?> cell)
    {
        _features.Add(new Feature
        {
            Name = $"f{_features.Count}",
            Type = type,
            Nullable = nullable,
            Categories = categories is null ? null : new CategoryTable(categories),
            Example = null,
        });
        _cells.Add(cell);
    }

    private float[] Pool(int style) => [.. Enumerable.Range(0, _random.Next(2, 9)).Select(_ => style switch
    {
        0 => _random.Next(-3, 34),
        1 => _random.Next(-8, 9) / 4f,
        2 => (float)(_random.NextDouble() * 100),
        3 when !_linear => (float)((_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-38, 38))),
        _ => (float)((_random.NextDouble() - 0.5) * 4),
    })];

    // As doubles, some of which only become a value of the pool when ONNX Runtime's input rounds them.
    private double Number(float[] pool, bool nullable)
    {
        var value = Pick(pool);
        return _random.Next(40) switch
        {
            < 5 when nullable => double.NaN,
            < 8 => MathF.BitIncrement(value),
            < 11 => MathF.BitDecrement(value),
            < 14 => value * (1 + 1e-12),
            14 => _random.NextDouble() * 10,
            15 or 16 when !_linear => Special[_random.Next(1, Special.Length)],
            _ => value,
        };
    }

    private float[] Constants(int columns, bool one = true) =>
        one && _random.Next(3) == 0 ? [Constant()] : [.. Enumerable.Range(0, columns).Select(_ => Constant())];

    private float Constant() => _random.Next(6) switch
    {
        0 => 0.5f,
        1 => _random.Next(1, 9) / 8f,
        2 => -2,
        _ => (float)((_random.NextDouble() * 3) + 0.1),
    };

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
