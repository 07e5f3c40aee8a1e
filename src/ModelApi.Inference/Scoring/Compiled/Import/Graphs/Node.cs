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

    /// <summary>An input with one row per row of the batch.</summary>
    public Value Value(int index) => index < inputs.Length && inputs[index] is Value value ? value
        : throw new NotCompilableException($"{Operator} takes a constant where the rows were expected");

    /// <summary>An input of 32-bit floats with one row per row of the batch.</summary>
    public Value Floats(int index)
    {
        var value = Value(index);
        return value.Type == TensorElementType.Float ? value : throw new NotCompilableException($"{Operator} works on {value.Type}");
    }

    /// <summary>The columns of a numeric input, converted to 32-bit floats.</summary>
    public Column[] AsFloats(int index)
    {
        var value = Value(index);
        return value.Type switch
        {
            TensorElementType.Float => value.Columns,
            TensorElementType.String => throw new NotCompilableException($"{Operator} works on texts"),
            _ => Map(value.Columns, _ => new ToSingle()),
        };
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
        var mapped = new Column[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            mapped[i] = Plan.Take(columns[i], step(i));
        }

        return mapped;
    }

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
