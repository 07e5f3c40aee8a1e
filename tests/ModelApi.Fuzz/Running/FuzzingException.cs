namespace ModelApi.Fuzz.Running;

/// <summary>A sample showed a fault; the message says how to make it again.</summary>
internal sealed class FuzzingException(string message, Exception inner) : Exception(message, inner);
