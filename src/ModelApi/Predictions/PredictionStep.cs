namespace ModelApi.Predictions;

/// <summary>How far a prediction has come. It only ever goes forward: no step is taken twice.</summary>
internal enum PredictionStep
{
    /// <summary>Nothing is known of it but its sender.</summary>
    Received,

    /// <summary>Its version is known and held.</summary>
    Routed,

    /// <summary>Its answer is in the workspace.</summary>
    Answered,

    /// <summary>It has a failure in the place of an answer.</summary>
    Failed,
}
