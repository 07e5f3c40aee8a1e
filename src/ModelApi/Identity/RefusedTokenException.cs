namespace ModelApi.Identity;

/// <summary>A token is refused for its form. The message is for the caller, and repeats nothing of the token.</summary>
internal sealed class RefusedTokenException(string reason) : Exception(reason);
