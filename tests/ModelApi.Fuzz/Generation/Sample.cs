namespace ModelApi.Fuzz.Generation;

/// <summary>A generated input.</summary>
/// <param name="Kind">What was done to it.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Sample(string Kind, byte[] Content);
