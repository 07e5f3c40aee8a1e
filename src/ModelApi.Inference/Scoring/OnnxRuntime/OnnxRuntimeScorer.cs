using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Runs a bundle's graphs in order with ONNX Runtime, the outputs of each feeding those after it.</summary>
public sealed class OnnxRuntimeScorer : IScorer
{
    private readonly GraphSession[] _sessions;
    private readonly AnswerOutputs _answer;
    private readonly Signature _signature;

    /// <summary>Loads the graphs.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="threads">Threads that work on one large batch, if no scorer was made before; see <see cref="OnnxRuntimeEnvironment"/>.</param>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph.</exception>
    public OnnxRuntimeScorer(Bundle bundle, int threads = 1)
    {
        OnnxRuntimeEnvironment.EnsureCreated(threads);
        Engine = $"onnxruntime {OrtEnv.Instance().GetVersionString()}";
        _signature = bundle.Manifest.Signature;
        _answer = bundle.Answer;
        var sessions = new List<GraphSession>();
        var faults = new List<BundleFault>();
        foreach (var step in bundle.Steps)
        {
            try
            {
                sessions.Add(new GraphSession(step, bundle.Folder, _signature));
            }
            catch (OnnxRuntimeException exception)
            {
                faults.Add(new BundleFault(step.Graph.File, "", $"ONNX Runtime cannot load it: {exception.Message}"));
            }
        }

        _sessions = [.. sessions];
        if (faults.Count > 0)
        {
            Dispose();
            throw new BundleException(faults);
        }
    }

    /// <inheritdoc/>
    public string Engine { get; }

    /// <inheritdoc/>
    public bool GainsFromBatching => true;

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        var outputs = new IDisposableReadOnlyCollection<OrtValue>[_sessions.Length];
        using var run = StoppableRun.Start(cancellationToken);
        try
        {
            for (var i = 0; i < _sessions.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                outputs[i] = _sessions[i].Run(run.Options, features, outputs);
            }

            if (_signature.Classes is { } classes)
            {
                ReadLabels(Answer(_answer.Label), classes, predictions);
                Copy(Answer(_answer.Probabilities), predictions.Probabilities);
            }
            else
            {
                Copy(Answer(_answer.Value), predictions.Values);
            }
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            foreach (var values in outputs)
            {
                values?.Dispose();
            }
        }

        OrtValue Answer(GraphOutput place) => outputs[place.Step][place.Output];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    private static void ReadLabels(OrtValue output, ClassLabels classes, PredictionBatch predictions)
    {
        var labels = predictions.Labels;
        if (classes.AreIntegers)
        {
            var integers = output.GetTensorDataAsSpan<long>();
            ThrowUnlessLength(integers.Length, labels.Length);
            for (var row = 0; row < labels.Length; row++)
            {
                labels[row] = Known(classes.IndexOf(integers[row]));
            }
        }
        else
        {
            ThrowUnlessLength((int)output.GetTensorTypeAndShape().ElementCount, labels.Length);
            for (var row = 0; row < labels.Length; row++)
            {
                labels[row] = Known(classes.IndexOf(output.GetStringElementAsSpan(row)));
            }
        }
    }

    private static int Known(int label) =>
        label >= 0 ? label : throw new InvalidOperationException("The graph answered a class that the manifest does not name.");

    private static void Copy(OrtValue output, Span<float> destination)
    {
        var values = output.GetTensorDataAsSpan<float>();
        ThrowUnlessLength(values.Length, destination.Length);
        values.CopyTo(destination);
    }

    private static void ThrowUnlessLength(int actual, int expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"The graph answered {actual} values where {expected} are due.");
        }
    }
}
