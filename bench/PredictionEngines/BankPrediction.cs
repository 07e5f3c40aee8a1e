namespace PredictionEngines;

/// <summary>What the model answers.</summary>
internal sealed class BankPrediction
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }
}
