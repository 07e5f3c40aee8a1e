using System.Security.Claims;

namespace ModelApi.Identity;

/// <summary>The name under which a caller is answered and logged.</summary>
internal static class UserName
{
    // A token's claims keep their names or are mapped to the older URIs, depending on the handler's version.
    private static readonly string[] Claims =
        ["preferred_username", "unique_name", ClaimTypes.Name, "name", "sub", ClaimTypes.NameIdentifier];

    public static string? Of(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } identity
            ? Claims.Select(claim => user.FindFirst(claim)?.Value).FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? identity.Name ?? "unnamed"
            : null;
}
