using System.Threading.Channels;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>Reads, scores and writes at the same time, batch by batch in the order of the file.</summary>
/// <remarks>
/// One thread reads and checks rows, as many as there are cores score and format them, one writes. The number of batches is fixed and they
/// are reused, so memory does not grow with the file, and the reader waits when the others are behind.
/// </remarks>
internal sealed class ScoringPipeline(PeekedStream input, IRowReader rows, Signature signature, IScorer scorer)
{
    private readonly RunningCalls _calls = new();

    /// <param name="write">Called with each batch, in order, never by two threads at once.</param>
    /// <param name="cancellationToken">Stops at once, even while the input waits for data.</param>
    /// <exception cref="RowFileException">A row cannot be read, or the model failed.</exception>
    public async Task RunAsync(Func<RowBatch, ValueTask> write, CancellationToken cancellationToken)
    {
        var batches = Environment.ProcessorCount + 2;
        var free = Channel.CreateBounded<RowBatch>(batches);
        for (var i = 0; i < batches; i++)
        {
            free.Writer.TryWrite(new RowBatch(signature));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scored = Channel.CreateBounded<Task<RowBatch>>(batches);
        _ = Task.Run(() => ReadAsync(free.Reader, scored.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var next in scored.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                var batch = await next.WaitAsync(stop.Token).ConfigureAwait(false);
                await write(batch).ConfigureAwait(false);
                batch.Clear();
                free.Writer.TryWrite(batch);
            }
        }
        finally
        {
            // The caller may dispose of the scorer next.
            await stop.CancelAsync().ConfigureAwait(false);
            await _calls.StopAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(
        ChannelReader<RowBatch> free, ChannelWriter<Task<RowBatch>> scored, CancellationToken cancellationToken)
    {
        try
        {
            for (var more = true; more;)
            {
                var batch = await free.ReadAsync(cancellationToken).ConfigureAwait(false);
                more = rows.Fill(batch);
                batch.BytesRead = input.BytesRead;
                if (!batch.IsEmpty)
                {
                    await scored.WriteAsync(Task.Run(() => Score(batch, cancellationToken), cancellationToken), cancellationToken)
                        .ConfigureAwait(false);
                }
            }

            scored.Complete();
        }
        catch (Exception exception)
        {
            // Rethrown where the batches are awaited.
            scored.Complete(exception);
        }
    }

    private RowBatch Score(RowBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Features.Rows > 0)
        {
            CallModel(batch, cancellationToken);
            for (var row = 0; row < batch.Features.Rows; row++)
            {
                if (batch.IsAnswered(row))
                {
                    rows.WriteRow(batch.TextOf(row), batch.Predictions, row, batch.Output);
                }
            }
        }

        return batch;
    }

    private void CallModel(RowBatch batch, CancellationToken cancellationToken)
    {
        if (!_calls.TryBegin())
        {
            throw new OperationCanceledException(cancellationToken);
        }

        try
        {
            scorer.Score(batch.Features, batch.Predictions, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Any exception of the engine, which is native code, becomes one sentence.
            throw new RowFileException($"The model failed on a batch of rows: {exception.Message}", exception);
        }
        finally
        {
            _calls.End();
        }
    }
}
