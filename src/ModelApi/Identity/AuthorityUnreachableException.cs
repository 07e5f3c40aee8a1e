namespace ModelApi.Identity;

/// <summary>A token could not be validated because the authority's keys could not be fetched.</summary>
internal sealed class AuthorityUnreachableException(Exception inner) : Exception(inner.Message, inner);
