namespace ModelApi.Identity;

/// <summary>A token could not be checked, which is no fault of the token.</summary>
internal sealed class AuthorityUnreachableException(Exception inner) : Exception(inner.Message, inner);
