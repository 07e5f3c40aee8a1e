namespace ModelApi.Predictions;

/// <summary>Marks a request whose time is up already, so that it is only to be told so.</summary>
internal sealed class PastDeadline;
