using System.Threading.Channels;
using ModelApi.Inference.Registry;

namespace ModelApi.Cli.Files;

/// <summary>Reads, scores and writes at the same time, batch by batch in the order of the file.</summary>
/// <remarks>
/// One thread reads and checks rows, as many as there are cores score and format them, one writes. A fixed number of batches
/// goes round, so that memory does not grow with the file, and the reader waits when the others are behind.
/// </remarks>
internal sealed class ScoringPipeline(IRowReader rows, ModelVersion version)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="input">What <paramref name="cancellationToken"/> and the progress are about.</param>
    /// <param name="write">Called with each batch, in order, never at the same time.</param>
    /// <param name="cancellationToken">Stops at once, even while standard input gives nothing.</param>
    /// <exception cref="CommandException">A row cannot be read, or an answer cannot be written.</exception>
    public async Task RunAsync(InputFile input, Action<RowBatch> write, CancellationToken cancellationToken)
    {
        var batches = Environment.ProcessorCount + 2;
        var free = Channel.CreateBounded<RowBatch>(batches);
        for (var i = 0; i < batches; i++)
        {
            free.Writer.TryWrite(new RowBatch(version.Manifest!.Signature));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scored = Channel.CreateBounded<Task<RowBatch>>(batches);
        _ = Task.Run(() => ReadAsync(input, free.Reader, scored.Writer, stop.Token), CancellationToken.None);
        Task<RowBatch>? current = null;
        try
        {
            await foreach (var next in scored.Reader.ReadAllAsync(stop.Token))
            {
                current = next;
                var batch = await next.WaitAsync(stop.Token);
                write(batch);
                batch.Clear();
                free.Writer.TryWrite(batch);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await SettleAsync(current, scored.Reader);
        }
    }

    private async Task ReadAsync(InputFile input, ChannelReader<RowBatch> free, ChannelWriter<Task<RowBatch>> scored, CancellationToken cancellationToken)
    {
        try
        {
            for (var more = true; more;)
            {
                var batch = await free.ReadAsync(cancellationToken);
                more = rows.Fill(batch);
                batch.BytesRead = input.BytesRead;
                if (!batch.IsEmpty)
                {
                    await scored.WriteAsync(Task.Run(() => Score(batch), cancellationToken), cancellationToken);
                }
            }

            scored.Complete();
        }
        catch (Exception exception)
        {
            // Whoever waits for the batches gets it.
            scored.Complete(exception);
        }
    }

    private RowBatch Score(RowBatch batch)
    {
        if (batch.Features.Rows > 0)
        {
            try
            {
                version.Scorer!.Score(batch.Features, batch.Predictions, CancellationToken.None);
            }
            catch (Exception exception)
            {
                // Whatever a model provokes in its runtime, a native library, ends here in a sentence.
                throw new CommandException($"The model failed on a batch of rows, and nothing is kept: {exception.Message}");
            }

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

    // After a failure: what is being scored must end before the model is taken down.
    private static async Task SettleAsync(Task<RowBatch>? current, ChannelReader<Task<RowBatch>> scored)
    {
        var running = new List<Task>();
        while (current is not null || scored.TryRead(out current))
        {
            running.Add(current);
            current = null;
        }

        await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
