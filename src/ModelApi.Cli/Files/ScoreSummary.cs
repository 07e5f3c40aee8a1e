using System.Globalization;
using System.Text.Json.Serialization;

namespace ModelApi.Cli.Files;

/// <summary>What became of a file's rows.</summary>
internal sealed record ScoreSummary
{
    private const int MostShown = 5;

    private readonly List<string> _shown = [];

    public required string Model { get; init; }

    public required string Version { get; init; }

    public required string Engine { get; init; }

    /// <summary>Where the rows went, or null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>Where the rejected rows went, or null when there are none, or no file for them.</summary>
    public string? Rejects { get; set; }

    public long Rows => Scored + Rejected;

    public long Scored { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>Values that were scored although they are unusual: out of the range seen in training, or an unknown category.</summary>
    public long Warnings { get; private set; }

    /// <summary>From the first byte read to the output in its place; without loading the model.</summary>
    public double Seconds { get; set; }

    public double RowsPerSecond => Seconds > 0 ? Rows / Seconds : 0;

    /// <summary>The first rejects, for people.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Shown => _shown;

    public void Add(RowBatch batch)
    {
        Scored += batch.Scored;
        Rejected += batch.Rejected;
        Warnings += batch.Warnings;
        _shown.AddRange(batch.Shown.Take(MostShown - _shown.Count));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scored:N0} {(Scored == 1 ? "row" : "rows")} scored in {Seconds:0.00} s ({RowsPerSecond:N0} rows/s), {Rejected:N0} rejected{(Rejects is null ? "" : $" (see {Rejects})")}{(Warnings == 0 ? "" : $"; {Warnings:N0} {(Warnings == 1 ? "value is" : "values are")} unlike those seen in training")}.");
}
