using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Graphs;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>One node of a graph with its inputs.</summary>
/// <param name="node">The node.</param>
/// <param name="opset">The version of its operator set.</param>
/// <param name="inputs">The inputs; null for an omitted one.</param>
/// <param name="plan">Receives the stages.</param>
internal sealed class Node(OnnxNode node, long opset, GraphValue?[] inputs, PlanBuilder plan)
{
    public string Operator { get; } = node.OpType;

    public long Opset { get; } = opset;

    public NodeAttributes Attributes { get; } = Read(node);

    /// <summary>The number of inputs.</summary>
    public int Inputs { get; } = inputs.Length;

    public PlanBuilder Plan { get; } = plan;

    /// <summary>An input of any kind; null if it is omitted.</summary>
    public GraphValue? Input(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input with one row per row of the batch.</summary>
    public Value Value(int index) => index < inputs.Length && inputs[index] is Value value ? value
        : throw new NotCompilableException($"{Operator} takes a constant where the rows were expected");

    /// <summary>An input of 32-bit floats with one row per row of the batch.</summary>
    public Value Floats(int index)
    {
        var value = Value(index);
        return value.Type == TensorElementType.Float ? value : throw new NotCompilableException($"{Operator} works on {value.Type}");
    }

    /// <summary>Whether an input, computed or constant, has 64-bit floats; false for 32-bit floats.</summary>
    /// <exception cref="NotCompilableException">It has neither.</exception>
    public bool IsDouble(int index) => (index < inputs.Length ? inputs[index] : null) switch
    {
        Value { Type: TensorElementType.Float } or Constant { Type: TensorElementType.Float } => false,
        Value { Type: TensorElementType.Double } or Constant { Type: TensorElementType.Double } => true,
        Value value => throw Refuse($"works on {value.Type}"),
        Constant constant => throw Refuse($"works on {constant.Type}"),
        _ => throw Refuse("works on something else than numbers"),
    };

    /// <summary>The columns of a numeric input, converted to 32-bit floats.</summary>
    public Column[] AsFloats(int index)
    {
        var value = Value(index);
        return value.Type switch
        {
            TensorElementType.Float => value.Columns,
            TensorElementType.String => throw new NotCompilableException($"{Operator} works on texts"),
            _ => Map(value.Columns, new ToSingle()),
        };
    }

    /// <summary>An input: a <see cref="Graphs.Value"/> or a <see cref="Graphs.Constant"/> of numbers.</summary>
    public GraphValue Operand(int index) => (index < inputs.Length ? inputs[index] : null) switch
    {
        Value { Type: not TensorElementType.String } value => value,
        Constant { Type: not TensorElementType.String } constant => constant,
        _ => throw Refuse("works on something else than numbers"),
    };

    /// <summary>The columns of several operands, at least one of them computed, in the shape that they have together.</summary>
    public (int[] Shape, Column[][] Columns) Spread(params GraphValue[] operands)
    {
        var rank = operands.OfType<Value>().Max(value => value.Rank);
        int[] joined = [];
        var shapes = new int[operands.Length][];
        for (var i = 0; i < operands.Length; i++)
        {
            shapes[i] = Broadcast.ShapeOf(operands[i], rank) ?? throw Refuse("works on values of different shapes");
            joined = Broadcast.Join(joined, shapes[i]) ?? throw Refuse("works on values of different shapes");
        }

        return (joined, [.. operands.Select((operand, i) => Broadcast.Columns(operand, shapes[i], joined))]);
    }

    /// <summary>A constant input; null if it is omitted or computed.</summary>
    public Constant? Constant(int index) => index < inputs.Length ? inputs[index] as Constant : null;

    /// <summary>A constant input.</summary>
    public Constant RequireConstant(int index) =>
        Constant(index) ?? throw new NotCompilableException($"{Operator} takes a computed value where a constant was expected");

    /// <summary>Whether an input is present.</summary>
    public bool Has(int index) => index < inputs.Length && inputs[index] is not null;

    /// <summary>Appends a step to each column.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="step">Creates the step of a column, by its index.</param>
    public Column[] Map(Column[] columns, Func<int, Step> step)
    {
        var steps = new Step[columns.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = step(i);
        }

        return Plan.Take(columns, steps);
    }

    /// <summary>Appends the same step to each column.</summary>
    public Column[] Map(Column[] columns, Step step) => Map(columns, _ => step);

    /// <summary>The exception for a use of the operator that is not handled.</summary>
    /// <param name="what">The rest of a sentence that starts with the operator's name.</param>
    public NotCompilableException Refuse(string what) => new($"{Operator} {what}");

    private static NodeAttributes Read(OnnxNode node)
    {
        try
        {
            return new NodeAttributes(node.Attribute.Select(attribute => attribute.Memory));
        }
        catch (InvalidDataException exception)
        {
            throw new NotCompilableException($"in {node.OpType}, {exception.Message.TrimEnd('.')}");
        }
    }
}
