using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Files;

/// <summary>Reads the rows of one format and writes them with their answers.</summary>
/// <remarks>One thread reads rows; others may call <see cref="WriteRow"/> at the same time.</remarks>
internal interface IRowReader : IDisposable
{
    /// <summary>Sentences about the file to show before it is scored.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Reads rows until the batch is full.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="RowFileException">The file cannot be read further.</exception>
    bool Fill(RowBatch batch);

    /// <summary>Writes the lines before the first row.</summary>
    void WriteHeader(Utf8Buffer output);

    /// <summary>Writes a row with its answer.</summary>
    /// <param name="text">The row as it stands in the file, in UTF-8 and without its line break.</param>
    /// <param name="predictions">The answers of the row's batch.</param>
    /// <param name="row">The row in that batch.</param>
    /// <param name="output">Receives the row with its line break.</param>
    void WriteRow(ReadOnlySpan<byte> text, PredictionBatch predictions, int row, Utf8Buffer output);
}
