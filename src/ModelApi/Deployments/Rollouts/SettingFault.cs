namespace ModelApi.Deployments.Rollouts;

/// <summary>Why a setting cannot be used.</summary>
/// <param name="Pointer">The JSON pointer of the setting; empty for the whole body.</param>
/// <param name="Message">What to send instead.</param>
internal sealed record SettingFault(string Pointer, string Message);
