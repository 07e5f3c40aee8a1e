namespace ModelApi.Deployments;

/// <summary>Somebody else has changed the model since it was read; nothing was saved.</summary>
internal sealed class ChangedMeanwhileException(string model)
    : Exception($"Model '{model}' was changed by somebody else meanwhile. Read it again, and repeat the change if it still applies.");
