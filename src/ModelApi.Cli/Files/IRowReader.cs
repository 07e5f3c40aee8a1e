using ModelApi.Inference.Batches;

namespace ModelApi.Cli.Files;

/// <summary>Reads the rows of one format and writes them with their answers.</summary>
/// <remarks>Rows are read by one thread; <see cref="WriteRow"/> may be called by others meanwhile.</remarks>
internal interface IRowReader : IDisposable
{
    /// <summary>What is worth telling about the file before it is scored.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Reads rows until the batch is full.</summary>
    /// <returns>False when the file has ended.</returns>
    /// <exception cref="CommandException">The file cannot be read further.</exception>
    bool Fill(RowBatch batch);

    /// <summary>Writes what the output begins with.</summary>
    void WriteHeader(Utf8Buffer output);

    /// <summary>Writes a row with its answer.</summary>
    void WriteRow(ReadOnlySpan<byte> text, PredictionBatch predictions, int row, Utf8Buffer output);
}
