using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Constant; source: https://onnx.ai/onnx/operators/onnx__Constant.html.</summary>
internal static class ConstantOperator
{
    public static Constant Read(Node node)
    {
        var attributes = node.Attributes;
        if (attributes.Tensor("value") is { } tensor)
        {
            return tensor;
        }

        if (attributes.Ints("value_ints") is { Length: > 0 } integers)
        {
            return new Constant(TensorElementType.Int64, [integers.Length], Array.ConvertAll(integers, integer => (double)integer), []);
        }

        if (attributes.Floats("value_floats") is { Length: > 0 } floats)
        {
            return new Constant(TensorElementType.Float, [floats.Length], Array.ConvertAll(floats, number => (double)number), []);
        }

        if (attributes.Has("value_int"))
        {
            return new Constant(TensorElementType.Int64, [], [attributes.Int("value_int", 0)], []);
        }

        return attributes.Has("value_float")
            ? new Constant(TensorElementType.Float, [], [attributes.Float("value_float", 0)], [])
            : throw new NotCompilableException("it holds a constant of an unknown kind");
    }
}
