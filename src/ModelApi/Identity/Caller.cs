using System.Security.Claims;

namespace ModelApi.Identity;

/// <summary>A principal that was checked once and is used again, with what every request asks of it ready.</summary>
internal sealed class Caller : ClaimsPrincipal
{
    /// <param name="principal">Who the key or token is for.</param>
    /// <param name="expires">From when on it is to be refused, or checked anew.</param>
    public Caller(ClaimsPrincipal principal, DateTimeOffset expires)
        : base(principal)
    {
        Expires = expires;
        Name = UserName.Of(principal) ?? throw new ArgumentException("The principal is not authenticated.", nameof(principal));
    }

    /// <summary>The name under which the caller is answered and logged.</summary>
    public string Name { get; }

    public DateTimeOffset Expires { get; }
}
