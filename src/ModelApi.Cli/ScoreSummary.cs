using System.Globalization;

namespace ModelApi.Cli;

/// <summary>The result of <c>modelapi score</c>, as <c>--json</c> writes it.</summary>
internal sealed record ScoreSummary
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required string Engine { get; init; }

    /// <summary>The output file, or null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>The file of rejected rows, or null if there are none or they were not written.</summary>
    public string? Rejects { get; init; }

    public long Rows => Scored + Rejected;

    public required long Scored { get; init; }

    public required long Rejected { get; init; }

    /// <summary>Unusual values that were scored: out of the range seen in training, or an unknown category.</summary>
    public required long Warnings { get; init; }

    /// <summary>From the first byte read until the output has its name, without loading the model.</summary>
    public required double Seconds { get; init; }

    public double RowsPerSecond => Seconds > 0 ? Rows / Seconds : 0;

    public override string ToString()
    {
        var scored = string.Create(
            CultureInfo.InvariantCulture,
            $"{Scored:N0} {(Scored == 1 ? "row" : "rows")} scored in {Seconds:0.00} s ({RowsPerSecond:N0} rows/s)");
        var rejected = string.Create(CultureInfo.InvariantCulture, $"{Rejected:N0} rejected{(Rejects is null ? "" : $" (see {Rejects})")}");
        var values = Warnings == 1 ? "value is" : "values are";
        var unusual = Warnings == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; {Warnings:N0} {values} unlike those seen in training");
        return $"{scored}, {rejected}{unusual}.";
    }
}
