using System.Security.Claims;

namespace ModelApi.Identity;

/// <summary>A validated principal that many requests share, with its name at hand.</summary>
internal sealed class Caller : ClaimsPrincipal
{
    /// <param name="principal">The user of the key or token.</param>
    /// <param name="expires">When the key or token expires.</param>
    public Caller(ClaimsPrincipal principal, DateTimeOffset expires)
        : base(principal)
    {
        Expires = expires;
        Name = UserName.Of(principal) ?? throw new ArgumentException("The principal is not authenticated.", nameof(principal));
    }

    /// <summary>The name under which the caller is answered and logged.</summary>
    public string Name { get; }

    /// <summary>When the key or token expires.</summary>
    public DateTimeOffset Expires { get; }
}
