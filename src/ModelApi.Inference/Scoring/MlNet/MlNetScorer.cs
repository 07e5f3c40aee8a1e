using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Pooling;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>Scores with a saved ML.NET pipeline, row by row, as its <c>PredictionEngine</c> does.</summary>
/// <remarks>
/// A pipeline is connected to the columns of a batch once for each pooled row, and without the types that a <c>PredictionEngine</c> is
/// compiled for. Scoring a row calls what was connected then: nothing is looked up or reflected on.
/// </remarks>
public sealed class MlNetScorer : IScorer
{
    private const int RowsBetweenChecks = 64;

    private readonly MlNetModel _model;
    private readonly CorePool<PooledRow> _rows;
    private readonly AnswerShape _shape;
    private readonly bool _derivesLabels;

    /// <summary>Loads the model.</summary>
    /// <param name="bundle">A bundle that was read without fault and holds an ML.NET model.</param>
    /// <exception cref="BundleException">ML.NET does not load it, or it does not fit the manifest.</exception>
    public MlNetScorer(Bundle bundle)
    {
        var signature = bundle.Manifest.Signature;
        _model = MlNetModel.Load(bundle.Model!);
        try
        {
            var plan = MlNetPlan.Connect(bundle.Manifest, bundle.Manifest.Model!, _model);
            _shape = signature.Answer;
            _derivesLabels = plan.Label is null && _shape.LabelColumns > 0;
            _rows = new CorePool<PooledRow>(() => new PooledRow(_model, plan, signature));
            _rows.Return(_rows.Rent());
        }
        catch (Exception exception) when (exception is not (BundleException or OutOfMemoryException))
        {
            _model.Dispose();
            throw new BundleException([new BundleFault(bundle.Model!.File, "", $"ML.NET cannot score with it: {exception.Message}")]);
        }
        catch
        {
            _model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Engine { get; } = $"mlnet {MlNetModel.Version}";

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        var (labels, numbers) = (_derivesLabels ? 0 : _shape.LabelColumns, _shape.NumberColumns);
        var pooled = _rows.Rent();
        try
        {
            for (var row = 0; row < features.Rows; row++)
            {
                if (row % RowsBetweenChecks == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                pooled.Score(
                    features, row, predictions.Labels.Slice(row * labels, labels), predictions.Numbers.Slice(row * numbers, numbers));
            }
        }
        catch
        {
            // What it computed for a position may be half of an answer.
            pooled.Dispose();
            throw;
        }

        pooled.Clear();
        _rows.Return(pooled);
        if (_derivesLabels)
        {
            DerivedLabels.Write(predictions, 0, features.Rows);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _model.Dispose();
    }
}
