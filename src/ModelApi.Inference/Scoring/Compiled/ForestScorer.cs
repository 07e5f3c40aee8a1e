using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Scores a bundle whose last graph is a forest: ONNX Runtime encodes the rows, <see cref="Forest"/> walks the trees.</summary>
/// <remarks>For many rows at a time; ONNX Runtime is the reference, and where the golden rows tell the two apart, this is wrong.</remarks>
public sealed class ForestScorer : IScorer
{
    private readonly GraphSession[] _sessions;
    private readonly GraphStepInput _input;
    private readonly Forest _forest;
    private readonly int[][] _wanted;

    private ForestScorer(GraphSession[] sessions, int[][] wanted, GraphStepInput input, Forest forest)
    {
        _sessions = sessions;
        _wanted = wanted;
        _input = input;
        _forest = forest;
        Engine = $"compiled forest, onnxruntime {OrtEnv.Instance().GetVersionString()}";
    }

    /// <inheritdoc/>
    public string Engine { get; }

    /// <summary>Makes the scorer of a bundle.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="threads">As for <see cref="OnnxRuntimeScorer"/>.</param>
    /// <returns>Null when the bundle's last graph is not a forest by itself.</returns>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime does not accept a graph.</exception>
    public static ForestScorer? TryCreate(Bundle bundle, int threads = 1)
    {
        var last = bundle.Steps.Count - 1;
        if (bundle.Manifest.Signature.Classes is not { } classes
            || bundle.Answer.Label != new GraphOutput(last, 0)
            || bundle.Answer.Probabilities != new GraphOutput(last, 1)
            || bundle.Steps[last] is not { Inputs: [{ ElementType: TensorElementType.Float } input] }
            || ForestReader.Read(bundle.Steps[last].Graph, classes) is not { } forest)
        {
            return null;
        }

        OnnxRuntimeEnvironment.EnsureCreated(threads);
        var sessions = new List<GraphSession>();
        try
        {
            foreach (var step in bundle.Steps.Take(last))
            {
                sessions.Add(new GraphSession(step, bundle.Folder));
            }
        }
        catch (OnnxRuntimeException)
        {
            sessions.ForEach(session => session.Dispose());
            throw;
        }

        return new ForestScorer([.. sessions], OnnxRuntimeScorer.FindWanted(bundle), input, forest);
    }

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        using var call = new BoundCall([.. _sessions.Select((session, step) => new BoundGraph(session, _wanted[step], features.Signature))]);
        call.Run(features, 0, features.Rows, cancellationToken);
        if (_input.Earlier is { } place)
        {
            Walk(call.Output(place).Numbers<float>(), predictions);
        }
        else
        {
            WalkFeatures(features, predictions);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    private void WalkFeatures(FeatureBatch features, PredictionBatch predictions)
    {
        var width = _input.Features.Count;
        var rented = ArrayPool<float>.Shared.Rent(features.Rows * width);
        try
        {
            for (var column = 0; column < width; column++)
            {
                var numbers = features.Numbers(_input.Features[column]);
                for (var row = 0; row < numbers.Length; row++)
                {
                    rented[(row * width) + column] = (float)numbers[row];
                }
            }

            Walk(rented.AsSpan(0, features.Rows * width), predictions);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private void Walk(ReadOnlySpan<float> values, PredictionBatch predictions)
    {
        var rented = ArrayPool<double>.Shared.Rent(predictions.Rows * _forest.Outputs);
        try
        {
            var sums = rented.AsSpan(0, predictions.Rows * _forest.Outputs);
            _forest.Score(values, values.Length / predictions.Rows, sums);
            if (_forest.Outputs == 1)
            {
                AnswerSecondClass(sums, predictions);
            }
            else
            {
                AnswerClasses(sums, predictions);
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private static void AnswerSecondClass(ReadOnlySpan<double> shares, PredictionBatch predictions)
    {
        var labels = predictions.Labels;
        var probabilities = predictions.Probabilities;
        for (var row = 0; row < shares.Length; row++)
        {
            labels[row] = shares[row] > 0.5 ? 1 : 0;
            probabilities[2 * row] = (float)(1 - shares[row]);
            probabilities[(2 * row) + 1] = (float)shares[row];
        }
    }

    private static void AnswerClasses(ReadOnlySpan<double> shares, PredictionBatch predictions)
    {
        var labels = predictions.Labels;
        var probabilities = predictions.Probabilities;
        var classes = probabilities.Length / labels.Length;
        for (var i = 0; i < shares.Length; i++)
        {
            probabilities[i] = (float)shares[i];
        }

        for (var row = 0; row < labels.Length; row++)
        {
            var most = 0;
            for (var label = 1; label < classes; label++)
            {
                // Of equal shares the first class wins, as in NumPy's argmax.
                most = shares[(row * classes) + label] > shares[(row * classes) + most] ? label : most;
            }

            labels[row] = most;
        }
    }
}
