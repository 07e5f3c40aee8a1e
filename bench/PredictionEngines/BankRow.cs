using Microsoft.ML.Data;

namespace PredictionEngines;

/// <summary>One row of the bank data, as the tutorials of ML.NET declare it.</summary>
internal sealed class BankRow
{
    [ColumnName("age")]
    public float Age { get; set; }

    [ColumnName("job")]
    public string Job { get; set; } = "";

    [ColumnName("marital")]
    public string Marital { get; set; } = "";

    [ColumnName("education")]
    public string Education { get; set; } = "";

    [ColumnName("balance")]
    public float Balance { get; set; }

    [ColumnName("housing")]
    public string Housing { get; set; } = "";

    [ColumnName("duration")]
    public float Duration { get; set; }

    [ColumnName("campaign")]
    public float Campaign { get; set; }
}
