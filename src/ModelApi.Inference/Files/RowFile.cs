using ModelApi.Inference.Scoring;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>A CSV or JSONL file of any size, read row by row, whose rows can be scored.</summary>
/// <remarks>Rows are read once: a second call of <see cref="ScoreAsync"/> finds none. Not thread-safe.</remarks>
public sealed class RowFile : IDisposable
{
    private readonly PeekedStream _input;
    private readonly IRowReader _rows;
    private readonly Signature _signature;

    private RowFile(PeekedStream input, FileFormat format, IRowReader rows, Signature signature)
    {
        _input = input;
        Format = format;
        _rows = rows;
        _signature = signature;
    }

    /// <summary>The format, as given or as recognized.</summary>
    public FileFormat Format { get; }

    /// <summary>Sentences about the file to show before it is scored, such as a column that is missing for a nullable feature.</summary>
    public IReadOnlyList<string> Remarks => _rows.Remarks;

    /// <summary>Reads the start of a file: its format and, of a CSV, the line that names the columns.</summary>
    /// <param name="input">The file, from its first byte. It is read synchronously, and the caller disposes of it.</param>
    /// <param name="name">The file's name in messages, at the beginning of a sentence: <c>'rows.csv'</c>, <c>Standard input</c>.</param>
    /// <param name="signature">The features to read.</param>
    /// <param name="options">Format, separator and names of the answers; null recognizes the first two.</param>
    /// <exception cref="RowFileException">The file is empty, compressed or not UTF-8, or a column is missing or there twice.</exception>
    public static RowFile Open(Stream input, string name, Signature signature, RowFileOptions? options = null)
    {
        options ??= new RowFileOptions();
        var peeked = new PeekedStream(input, name);
        var format = options.Format ?? FileFormats.OfContent(peeked.PeekStart());
        IRowReader rows = format == FileFormat.Csv
            ? new CsvRowReader(peeked, options.Separator, options.Prefix, signature)
            : new JsonRowReader(peeked, options.Prefix, signature);
        return new RowFile(peeked, format, rows, signature);
    }

    /// <summary>Reads, checks, scores and writes all rows, in the order of the file, on as many threads as there are cores.</summary>
    /// <param name="scorer">A scorer of the same signature. It is no longer used once the task has ended, in whatever way.</param>
    /// <param name="output">
    /// Receives each valid row byte for byte, with its answer as further columns (<c>prediction</c>, <c>p_&lt;class&gt;</c>) or members
    /// (<c>prediction</c>, <c>probabilities</c>); for a regression the prediction alone, in the unit of the target.
    /// </param>
    /// <param name="rejects">
    /// Receives a JSON object per rejected row:
    /// <c>{"line":3,"errors":{"age":["Must be an integer, not text."]},"row":"x,management"}</c>. Null only counts them.
    /// </param>
    /// <param name="progress">Told after each batch, never by two threads at once.</param>
    /// <param name="cancellationToken">Stops at once, even while the input waits for data; what is written by then stays.</param>
    /// <returns>The counts. Rejected rows are no failure.</returns>
    /// <exception cref="RowFileException">The file cannot be read further, or the model failed on it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// Memory does not grow with the file. After a cancellation, a read of the input that is still waiting goes on in the background until
    /// the input answers or is disposed of.
    /// </remarks>
    public async Task<RowFileSummary> ScoreAsync(
        IScorer scorer, Stream output, Stream? rejects, IProgress<RowFileProgress>? progress, CancellationToken cancellationToken)
    {
        var summary = new RowFileSummary();
        var header = new Utf8Buffer();
        _rows.WriteHeader(header);
        await output.WriteAsync(header.Written, cancellationToken).ConfigureAwait(false);
        await new ScoringPipeline(_input, _rows, _signature, scorer).RunAsync(WriteAsync, cancellationToken).ConfigureAwait(false);
        return summary;

        async ValueTask WriteAsync(RowBatch batch)
        {
            await output.WriteAsync(batch.Output.Written, cancellationToken).ConfigureAwait(false);
            if (rejects is not null && batch.Rejected > 0)
            {
                await rejects.WriteAsync(batch.Rejects.Written, cancellationToken).ConfigureAwait(false);
            }

            summary.Add(batch);
            progress?.Report(new RowFileProgress(summary.Rows, batch.BytesRead));
        }
    }

    /// <summary>Releases the reader's buffers; the input stays open.</summary>
    public void Dispose() => _rows.Dispose();
}
