using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Pooling;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Runs a bundle's graphs in order with ONNX Runtime, the outputs of each feeding those after it.</summary>
public sealed class OnnxRuntimeScorer : IScorer
{
    /// <summary>Elements of the features that are bound at a time; bounds the memory that is kept for the next call.</summary>
    private const int MostElements = 64 * 1024;

    private readonly GraphSession[] _sessions;
    private readonly AnswerReader _answer;
    private readonly Signature _signature;

    // Calls with one row, with a whole block, and with any number between, which are bound again each time.
    private readonly CorePool<BoundCall> _ofOneRow;
    private readonly CorePool<BoundCall> _ofBlock;
    private readonly CorePool<BoundCall> _ofSomeRows;

    /// <summary>Loads the graphs.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="threads">
    /// Threads that work on one large batch; only the first scorer of a process sets it, see <see cref="OnnxRuntimeEnvironment"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public OnnxRuntimeScorer(Bundle bundle, int threads = 1, CancellationToken cancellationToken = default)
    {
        OnnxRuntimeEnvironment.EnsureCreated(threads);
        Engine = $"onnxruntime {OrtEnv.Instance().GetVersionString()}";
        _signature = bundle.Manifest.Signature;
        _answer = new AnswerReader(bundle);
        var sessions = new List<GraphSession>();
        var faults = new List<BundleFault>();
        foreach (var step in bundle.Steps)
        {
            try
            {
                sessions.Add(new GraphSession(step, cancellationToken));
            }
            catch (OnnxRuntimeException exception)
            {
                faults.Add(new BundleFault(step.Graph.File, "", $"ONNX Runtime cannot load it: {exception.Message}"));
            }
        }

        _sessions = [.. sessions];
        BlockRows = bundle.TakesOneRow ? 1 : Math.Clamp(MostElements / (_signature.Features.Count + _signature.TensorElements), 1, 2048);
        var wanted = FindWanted(bundle);
        _ofOneRow = new CorePool<BoundCall>(Create);
        _ofBlock = new CorePool<BoundCall>(Create);
        _ofSomeRows = new CorePool<BoundCall>(Create);
        if (faults.Count > 0)
        {
            Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new BundleException(faults);
        }

        BoundCall Create() => new([.. _sessions.Select((session, step) => new BoundGraph(session, wanted[step], _signature))]);
    }

    /// <inheritdoc/>
    public string Engine { get; }

    /// <summary>How many rows go through the graphs at a time.</summary>
    internal int BlockRows { get; }

    /// <inheritdoc/>
    public bool GainsFromBatching => BlockRows > 1;

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        for (var row = 0; row < features.Rows; row += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ScoreTogether(features, predictions, row, Math.Min(BlockRows, features.Rows - row), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ofOneRow.Dispose();
        _ofBlock.Dispose();
        _ofSomeRows.Dispose();
        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    /// <summary>By graph, the outputs that are fed to later graphs or hold the answer.</summary>
    internal static int[][] FindWanted(Bundle bundle)
    {
        // Loops rather than LINQ: a query over structs is compiled at each start, also in a published server.
        var wanted = bundle.Steps.Select(_ => new SortedSet<int>()).ToArray();
        foreach (var step in bundle.Steps)
        {
            foreach (var input in step.Inputs)
            {
                if (input.Earlier is { } fed)
                {
                    wanted[fed.Step].Add(fed.Output);
                }
            }
        }

        foreach (var output in bundle.Answer.All())
        {
            wanted[output.Place.Step].Add(output.Place.Output);
        }

        return [.. wanted.Select(outputs => outputs.ToArray())];
    }

    // A graph may answer to some values only where they are alone: StringNormalizer drops texts of which nothing is left, and with them
    // rows, which shifts the answers of the others.
    private void ScoreTogether(
        FeatureBatch features, PredictionBatch predictions, int firstRow, int rows, CancellationToken cancellationToken)
    {
        try
        {
            ScoreBlock(features, predictions, firstRow, rows, cancellationToken);
        }
        catch (Exception exception) when (rows > 1 && exception is (OnnxRuntimeException or InvalidOperationException))
        {
            for (var row = firstRow; row < firstRow + rows; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ScoreBlock(features, predictions, row, 1, cancellationToken);
            }
        }
    }

    private void ScoreBlock(FeatureBatch features, PredictionBatch predictions, int firstRow, int rows, CancellationToken cancellationToken)
    {
        var pool = rows == 1 ? _ofOneRow : rows == BlockRows ? _ofBlock : _ofSomeRows;
        var call = pool.Rent();
        try
        {
            call.Run(features, firstRow, rows, cancellationToken);
            _answer.Read(call, predictions, firstRow, rows);
        }
        catch
        {
            // A failed run leaves its tensors undefined.
            call.Dispose();
            throw;
        }

        pool.Return(call);
    }
}
