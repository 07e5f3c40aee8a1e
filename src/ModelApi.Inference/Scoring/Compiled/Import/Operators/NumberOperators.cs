using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators on each number, or on the numbers of each row; source: https://onnx.ai/onnx/operators/.</summary>
internal static class NumberOperators
{
    public static Value Cast(Node node)
    {
        var value = node.Value(0);
        var to = (TensorElementType)node.Attributes.Int("to", 0);
        if (to == value.Type)
        {
            return value;
        }

        if (to == TensorElementType.String
            && value.Type == TensorElementType.Int64
            && value.Columns is [ChoiceColumn { Numbers: { } numbers } choice])
        {
            string[] texts = [.. numbers.Select(number => ((long)number).ToString(System.Globalization.CultureInfo.InvariantCulture))];
            return value with { Type = to, Columns = [new ChoiceColumn(choice.Register, texts, null)] };
        }

        var isFraction = value.Type is TensorElementType.Float or TensorElementType.Double;
        Func<int, Step>? step = (value.Type, to) switch
        {
            (TensorElementType.String, _) => throw node.Refuse("reads numbers from texts"),
            (_, TensorElementType.Float) => _ => new ToSingle(),
            (_, TensorElementType.Double) => null,
            (_, TensorElementType.Int64) => isFraction ? _ => new ToInteger() : null,
            (_, TensorElementType.Bool) => _ => new ToBoolean(),
            _ => throw node.Refuse($"turns {value.Type} into {to}"),
        };
        return value with { Type = to, Columns = step is null ? value.Columns : node.Map(value.Columns, step) };
    }

    public static Value Impute(Node node)
    {
        var value = node.Value(0);
        var (replacements, missing) = value.Type switch
        {
            TensorElementType.Float => (
                Array.ConvertAll(node.Attributes.Floats("imputed_value_floats"), number => (double)number),
                (double)node.Attributes.Float("replaced_value_float", 0)),
            TensorElementType.Int64 => (
                Array.ConvertAll(node.Attributes.Ints("imputed_value_int64s"), number => (double)number),
                node.Attributes.Int("replaced_value_int64", 0)),
            _ => throw node.Refuse($"works on {value.Type}"),
        };
        if (replacements.Length == 0)
        {
            throw node.Refuse("has no numbers to impute");
        }

        value.RequireFlat();
        var isPerColumn = replacements.Length == value.Columns.Length;
        return value with { Columns = node.Map(value.Columns, column => new Impute(missing, replacements[isPerColumn ? column : 0])) };
    }

    public static Value Scale(Node node)
    {
        var value = node.Value(0);
        var offsets = node.Attributes.Floats("offset");
        var scales = node.Attributes.Floats("scale");
        value.RequireFlat();
        if (scales.Length == 0 || scales.Length != offsets.Length || (scales.Length != 1 && scales.Length != value.Columns.Length))
        {
            throw node.Refuse("has a number of scales that differs from its number of columns");
        }

        Func<int, Step> step = value.Type switch
        {
            TensorElementType.Float or TensorElementType.Int64 =>
                column => new ScaleSingle(offsets[column % scales.Length], scales[column % scales.Length]),
            TensorElementType.Double =>
                column => new ScaleDouble(offsets[column % scales.Length], scales[column % scales.Length]),
            _ => throw node.Refuse($"works on {value.Type}"),
        };
        return value with { Type = TensorElementType.Float, Columns = node.Map(value.Columns, step) };
    }

    public static Value Normalize(Node node)
    {
        var value = node.Floats(0);
        value.RequireFlat();
        var first = node.Plan.Reserve(value.Columns.Length);
        node.Plan.Add(new NormalizeStage(value.Columns, node.Attributes.Text("norm", "MAX"), first));
        return value with { Columns = PlanBuilder.Outputs(first, value.Columns.Length) };
    }

    public static Value Binarize(Node node)
    {
        var value = node.Floats(0);
        foreach (var column in value.Columns)
        {
            node.Plan.Add(new GuardStage(column, "The model's Binarizer takes no missing values."));
        }

        return value with { Columns = node.Map(value.Columns, _ => new Binarize(node.Attributes.Float("threshold", 0))) };
    }

    public static Value Vectorize(Node node)
    {
        var dimensions = node.Attributes.Ints("inputdimensions");
        if (dimensions.Length != node.Inputs)
        {
            throw node.Refuse("has a number of lengths that differs from its number of inputs");
        }

        var columns = new List<Column>();
        for (var i = 0; i < node.Inputs; i++)
        {
            var input = node.AsFloats(i);
            for (var column = 0; column < dimensions[i]; column++)
            {
                columns.Add(column < input.Length ? input[column] : new ConstantColumn(0));
            }
        }

        return Value.Matrix(TensorElementType.Float, [.. columns]);
    }

    public static Value Calculate(Node node)
    {
        if (node.Constant(0) is { } left)
        {
            return Calculate(node, node.Floats(1), left, true);
        }

        if (node.Constant(1) is { } right)
        {
            return Calculate(node, node.Floats(0), right, false);
        }

        var (one, other) = (node.Floats(0), node.Floats(1));
        var (large, small) = one.Columns.Length >= other.Columns.Length ? (one, other) : (other, one);
        if (one.Rank != other.Rank || (small.Columns.Length != 1 && !small.Shape.SequenceEqual(large.Shape)))
        {
            throw node.Refuse("works on values of different shapes");
        }

        var columns = new Column[large.Columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Calculate(node, one.Columns[i % one.Columns.Length], other.Columns[i % other.Columns.Length]);
        }

        return large with { Columns = columns };
    }

    public static Value Sigmoid(Node node)
    {
        var value = node.Floats(0);
        return value with { Columns = node.Map(value.Columns, _ => new Sigmoid()) };
    }

    public static Value Softmax(Node node)
    {
        var value = node.Floats(0);
        RequireColumns(node, value, node.Opset < 13 ? 1 : -1);
        var first = node.Plan.Reserve(value.Columns.Length);
        node.Plan.Add(new SoftmaxStage(value.Columns, first));
        return value with { Columns = PlanBuilder.Outputs(first, value.Columns.Length) };
    }

    public static Value ArgMax(Node node)
    {
        var value = node.Floats(0);
        RequireColumns(node, value, 0);
        var register = node.Plan.Reserve(1);
        node.Plan.Add(new ArgMaxStage(value.Columns, node.Attributes.Int("select_last_index", 0) != 0, register));
        double[] places = [.. Enumerable.Range(0, value.Columns.Length).Select(place => (double)place)];
        var label = new ChoiceColumn(register, null, places);
        return node.Attributes.Int("keepdims", 1) != 0
            ? Value.Matrix(TensorElementType.Int64, [label])
            : Value.Vector(TensorElementType.Int64, label);
    }

    private static Value Calculate(Node node, Value value, Constant constant, bool isLeft)
    {
        var numbers = constant.Numbers;
        var isOne = numbers.Length == 1;
        var isRow = constant.Dimensions.Length > 0 && numbers.Length == value.Columns.Length && value.Shape.Length > 0
            && constant.Dimensions[^1] == value.Columns.Length && value.Shape[^1] == value.Columns.Length;
        if (constant.Type != TensorElementType.Float || constant.Dimensions.Length > value.Rank || !(isOne || isRow))
        {
            throw node.Refuse("works on values of different shapes or types");
        }

        return value with { Columns = node.Map(value.Columns, StepOf) };

        Step StepOf(int column) => new Arithmetic(node.Operator, (float)numbers[isOne ? 0 : column], isLeft);
    }

    private static Column Calculate(Node node, Column left, Column right)
    {
        switch (left, right)
        {
            case (ConstantColumn constant, _):
                return node.Plan.Take(right, new Arithmetic(node.Operator, (float)constant.Value, true));
            case (_, ConstantColumn constant):
                return node.Plan.Take(left, new Arithmetic(node.Operator, (float)constant.Value, false));
            case (CategoryColumn one, CategoryColumn other) when one.Source == other.Source:
                return one.With(other, (a, b) => Arithmetic.Of(node.Operator, (float)a, (float)b));
            default:
                var register = node.Plan.Reserve(1);
                node.Plan.Add(new BinaryStage(node.Operator, left, right, register));
                return new RegisterColumn(register);
        }
    }

    private static void RequireColumns(Node node, Value value, long otherwise)
    {
        if (value.Rank != 2 || node.Attributes.Int("axis", otherwise) is not (1 or -1))
        {
            throw node.Refuse("works along a dimension other than the columns");
        }
    }
}
