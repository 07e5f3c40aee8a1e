using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;
using ModelApi.Predictions;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Answers a copied call once more, with a version of its own choice.</summary>
/// <remarks>
/// The body goes through the version's own reader, so that another signature shows as it would to a caller. Not thread-safe.
/// </remarks>
internal sealed class Replay
{
    private readonly PredictionCall _call = new();

    /// <summary>Whether the version has failed on the call as a whole.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The answers to the rows that are valid; only where the call is not refused.</summary>
    public PredictionBatch Predictions => _call.Workspace!.Predictions;

    /// <summary>The seconds that reading and scoring took.</summary>
    public double Seconds { get; private set; }

    /// <summary>How many rows the body has; 0 where that is not known.</summary>
    public int Rows => IsRefused ? 0 : Predictions.Rows + _call.Workspace!.Findings.InvalidRows.Count;

    /// <summary>Whether the version answers a row of the body.</summary>
    public bool Answers(int row) => !IsRefused && row < Rows && !_call.Workspace!.Findings.InvalidRows.Contains(row);

    /// <summary>Reads and scores the call; <see cref="Clear"/> ends it.</summary>
    /// <returns>False when the version is not loaded any more.</returns>
    public bool TryRun(ModelVersion version, RolloutSample sample, CancellationToken cancellationToken)
    {
        if (version.TryRent() is not { } workspace)
        {
            return false;
        }

        _call.Begin(sample.Protocol, version.Model, version.Version, sample.TakesRowsOnly, start: 0);
        _call.Routed(version, workspace, trial: null);
        var start = Stopwatch.GetTimestamp();
        IsRefused = !TryScore(sample.Body, cancellationToken);
        Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return true;
    }

    /// <summary>Counts the call as failed, since it did so when it was answered.</summary>
    public void Refuse() => IsRefused = true;

    /// <summary>Lets go of the version.</summary>
    public void Clear() => _call.Clear();

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a version throws is an error of that version, and is counted.")]
    private bool TryScore(ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            var workspace = _call.Workspace!;
            if (_call.Protocol.Read(_call, body, cancellationToken) is not null || workspace.Findings.IsRequestInvalid)
            {
                return false;
            }

            if (workspace.Features.Rows == 0)
            {
                workspace.Predictions.Resize(0);
                return true;
            }

            _call.Version!.Scorer!.Score(workspace.Features, workspace.Predictions, cancellationToken);
            workspace.Predictions.ReportUnanswered(workspace.Findings);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
