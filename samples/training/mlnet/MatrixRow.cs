namespace MlNetTraining;

/// <summary>A made-up row with something for every kind of model to learn.</summary>
internal sealed class MatrixRow
{
    public float Age { get; set; }

    public float Income { get; set; }

    public float Days { get; set; }

    public string Job { get; set; } = "";

    public string Note { get; set; } = "";

    public bool Yes { get; set; }

    public string Size { get; set; } = "";

    public float Amount { get; set; }

    public uint Group { get; set; }

    public float Relevance { get; set; }
}
