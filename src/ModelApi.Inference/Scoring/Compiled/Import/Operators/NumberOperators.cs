using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators on each number, or on the numbers of each row; source: https://onnx.ai/onnx/operators/.</summary>
internal static class NumberOperators
{
    public static GraphValue Cast(Node node)
    {
        var to = node.Operator == "Cast" ? (TensorElementType)node.Attributes.Int("to", 0)
            : node.Input(1) is Value like ? like.Type
            : node.RequireConstant(1).Type;
        if (node.Constant(0) is { } constant)
        {
            return Cast(node, constant, to);
        }

        var value = node.Value(0);
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
        Step? step = (value.Type, to) switch
        {
            (TensorElementType.String, _) => throw node.Refuse("reads numbers from texts"),
            (_, TensorElementType.Float) => new ToSingle(),
            (_, TensorElementType.Double) => null,
            (_, TensorElementType.Int64) => isFraction ? new ToInteger() : null,
            (TensorElementType.Float, TensorElementType.Int32) => new ToInteger32(),
            (TensorElementType.Bool, TensorElementType.Int32) => null,
            (_, TensorElementType.Bool) => new ToBoolean(),
            _ => throw node.Refuse($"turns {value.Type} into {to}"),
        };
        return value with { Type = to, Columns = step is null ? value.Columns : node.Map(value.Columns, step) };
    }

    private static Constant Cast(Node node, Constant constant, TensorElementType to)
    {
        var isFraction = constant.Type is TensorElementType.Float or TensorElementType.Double;
        return (constant.Type, to) switch
        {
            (TensorElementType.String, _) => throw node.Refuse("reads numbers from texts"),
            (_, TensorElementType.Float) =>
                constant with { Type = to, Numbers = Array.ConvertAll(constant.Numbers, number => (double)(float)number) },
            (_, TensorElementType.Double) => constant with { Type = to },
            (_, TensorElementType.Int64) when !isFraction => constant with { Type = to },
            _ => throw node.Refuse($"turns {constant.Type} into {to}"),
        };
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
        if (SparseStage.Of(value.Columns) is { } sparse)
        {
            var normalized = new SparseNormalizeStage(sparse, node.Attributes.Text("norm", "MAX"));
            node.Plan.Add(normalized);
            return value with { Columns = normalized.Columns() };
        }

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

        return value with { Columns = node.Map(value.Columns, new Binarize(node.Attributes.Float("threshold", 0))) };
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

    public static Value Softmax(Node node)
    {
        var value = node.Value(0);
        RequireColumns(node, value, node.Opset < 13 ? 1 : -1);
        if (node.IsDouble(0))
        {
            return ReduceOperators.Softmax(node, value);
        }

        var first = node.Plan.Reserve(value.Columns.Length);
        node.Plan.Add(new SoftmaxStage(value.Columns, first));
        return value with { Columns = PlanBuilder.Outputs(first, value.Columns.Length) };
    }

    public static Value ArgMax(Node node)
    {
        var (value, isDouble) = (node.Value(0), node.IsDouble(0));
        RequireColumns(node, value, 0);
        var (isLast, isLeast) = (node.Attributes.Int("select_last_index", 0) != 0, node.Operator == "ArgMin");
        var register = node.Plan.Reserve(1);
        node.Plan.Add(new ReduceStage(value.Columns, Find, true, register));
        double[] places = [.. Enumerable.Range(0, value.Columns.Length).Select(place => (double)place)];
        var label = new ChoiceColumn(register, null, places);
        return node.Attributes.Int("keepdims", 1) != 0
            ? Value.Matrix(TensorElementType.Int64, [label])
            : Value.Vector(TensorElementType.Int64, label);

        double Find(ReadOnlySpan<double> values)
        {
            var found = 0;
            for (var i = 1; i < values.Length; i++)
            {
                // Sums of products have 64 bits here, and are compared as the floats that they stand for.
                var (left, right) = isDouble ? (values[i], values[found]) : ((float)values[i], (float)values[found]);
                found = (isLeast ? left < right : left > right) || (isLast && left == right) ? i : found;
            }

            return found;
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
