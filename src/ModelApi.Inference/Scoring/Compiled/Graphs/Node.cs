using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Graphs.Onnx;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>One node of a graph with what feeds it.</summary>
/// <param name="node">The node.</param>
/// <param name="opset">The version of its operator set.</param>
/// <param name="inputs">By input, a <see cref="Value"/>, a <see cref="Graphs.Constant"/>, or null for one that is left out.</param>
/// <param name="plan">Receives the stages.</param>
internal sealed class Node(CompiledNode node, long opset, object?[] inputs, PlanBuilder plan)
{
    public string Operator { get; } = node.OpType;

    public long Opset { get; } = opset;

    public Attributes Attributes { get; } = new(node);

    public int Inputs { get; } = inputs.Length;

    public PlanBuilder Plan { get; } = plan;

    /// <summary>An input that has a row for each row of the batch.</summary>
    public Value Value(int index) => index < inputs.Length && inputs[index] is Value value ? value
        : throw new NotCompilableException($"{Operator} takes a constant where the rows were expected");

    /// <summary>An input that has a row for each row of the batch, of 32-bit floats.</summary>
    public Value Floats(int index)
    {
        var value = Value(index);
        return value.Type == TensorElementType.Float ? value : throw new NotCompilableException($"{Operator} works on {value.Type}");
    }

    /// <summary>An input whose elements are numbers, as 32-bit floats.</summary>
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

    /// <summary>A constant input, or null.</summary>
    public Constant? Constant(int index) => index < inputs.Length ? inputs[index] as Constant : null;

    public Constant RequireConstant(int index) =>
        Constant(index) ?? throw new NotCompilableException($"{Operator} takes a computed value where a constant was expected");

    public bool Has(int index) => index < inputs.Length && inputs[index] is not null;

    /// <summary>Columns with another step each.</summary>
    public Column[] Map(Column[] columns, Func<int, Step> step)
    {
        var mapped = new Column[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            mapped[i] = Plan.Take(columns[i], step(i));
        }

        return mapped;
    }

    public NotCompilableException Refuse(string what) => new($"{Operator} {what}");
}
