using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Packing;

/// <summary>Runs the graphs of a bundle on its golden rows, to see what each output holds.</summary>
internal static class GraphProbe
{
    /// <summary>Runs the graphs.</summary>
    /// <param name="steps">The graphs, with the sources of their inputs.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends the work early, also within a graph.</param>
    /// <returns>The outputs of the last graph that are tensors, in its order.</returns>
    /// <exception cref="PackException">ONNX Runtime cannot load or run a graph.</exception>
    public static IReadOnlyList<ProbedOutput> Run(
        IReadOnlyList<GraphStep> steps, FeatureBatch rows, CancellationToken cancellationToken)
    {
        OnnxRuntimeEnvironment.EnsureCreated(1);
        var sessions = new List<GraphSession>();
        var file = "";
        try
        {
            foreach (var step in steps)
            {
                file = step.Graph.File;
                sessions.Add(new GraphSession(step, cancellationToken));
            }

            file = steps.Count == 1 ? file : "one of the graphs";
            return Run(sessions, rows, cancellationToken);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or InvalidOperationException or OverflowException)
        {
            throw new PackException(
                $"{file}: ONNX Runtime cannot run this graph: {Line(exception.Message)}{Hint(steps, exception.Message)}");
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private static List<ProbedOutput> Run(List<GraphSession> sessions, FeatureBatch rows, CancellationToken cancellationToken)
    {
        var bound = sessions.Select(session => new BoundGraph(session, Tensors(session.Step.Graph), rows.Signature));
        using var call = new BoundCall([.. bound]);
        var graph = sessions[^1].Step.Graph;
        var outputs = Tensors(graph);
        var block = sessions.Exists(session => session.Step.Inputs.Any(input => input.TakesOneRow)) ? 1 : rows.Rows;
        var numbers = outputs.Select(_ => new List<double>()).ToList();
        var texts = outputs.Select(_ => new List<string>()).ToList();
        for (var row = 0; row < rows.Rows; row += block)
        {
            call.Run(rows, row, block, cancellationToken);
            for (var i = 0; i < outputs.Length; i++)
            {
                Read(call.Output(new GraphOutput(sessions.Count - 1, outputs[i])), TypeOf(outputs[i]), numbers[i], texts[i]);
            }
        }

        return [.. outputs.Select((output, i) => new ProbedOutput(
            graph.Outputs[output].Name,
            TypeOf(output),
            rows.Rows,
            TypeOf(output) == TensorElementType.String ? null : [.. numbers[i]],
            TypeOf(output) == TensorElementType.String ? [.. texts[i]] : null,
            graph.Outputs[output].Dimensions))];

        TensorElementType TypeOf(int output) => graph.Outputs[output].ElementType!.Value;
    }

    private static int[] Tensors(GraphFile graph) =>
        [.. Enumerable.Range(0, graph.Outputs.Count).Where(output => graph.Outputs[output].ElementType is { } type && IsRead(type))];

    private static bool IsRead(TensorElementType type) => type == TensorElementType.String || InputRanges.Of(type) is not null;

    private static void Read(BoundTensor tensor, TensorElementType type, List<double> numbers, List<string> texts)
    {
        if (type == TensorElementType.String)
        {
            texts.AddRange(tensor.Value.GetStringTensorAsArray());
            return;
        }

        switch (type)
        {
            case TensorElementType.Float: Add<float>(number => number); break;
            case TensorElementType.Double: Add<double>(number => number); break;
            case TensorElementType.Float16: Add<Half>(number => (double)number); break;
            case TensorElementType.Int64: Add<long>(number => number); break;
            case TensorElementType.Int32: Add<int>(number => number); break;
            case TensorElementType.Int16: Add<short>(number => number); break;
            case TensorElementType.Int8: Add<sbyte>(number => number); break;
            case TensorElementType.UInt64: Add<ulong>(number => number); break;
            case TensorElementType.UInt32: Add<uint>(number => number); break;
            case TensorElementType.UInt16: Add<ushort>(number => number); break;
            case TensorElementType.UInt8: Add<byte>(number => number); break;
            default: Add<bool>(number => number ? 1 : 0); break;
        }

        void Add<T>(Func<T, double> convert) where T : unmanaged
        {
            foreach (var number in tensor.Numbers<T>())
            {
                numbers.Add(convert(number));
            }
        }
    }

    /// <summary>A message of ONNX Runtime in one line.</summary>
    public static string Line(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // skl2onnx takes the columns that a selecting first step keeps from the first input alone.
    private static string Hint(IReadOnlyList<GraphStep> steps, string message) =>
        message.Contains("ArrayFeatureExtractor", StringComparison.Ordinal) && steps.Any(step => step.Graph.Inputs.Count > 1)
            ? " The graph picks columns out of an input that has one: a step such as SelectKBest, KBinsDiscretizer or QuantileTransformer "
                + "was exported with one input per column; export it with one tensor, [('X', FloatTensorType([None, F]))]."
            : "";
}
