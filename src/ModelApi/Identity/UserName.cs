using System.Security.Claims;

namespace ModelApi.Identity;

/// <summary>The name under which a caller is answered and logged.</summary>
internal static class UserName
{
    // A token's claims keep their names or are mapped to the older URIs, depending on the handler's version.
    private static readonly string[] Claims =
        ["preferred_username", "unique_name", ClaimTypes.Name, "name", "sub", ClaimTypes.NameIdentifier];

    private const int Longest = 128;

    public static string? Of(ClaimsPrincipal user) => user is Caller caller ? caller.Name : Read(user);

    private static string? Read(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true }
            ? Tame(Claims.Select(claim => user.FindFirst(claim)?.Value).FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? "unnamed")
            : null;

    // A token's issuer chooses the name; in a log it must not start lines or move a terminal's cursor.
    private static string Tame(string name) =>
        name.Length <= Longest && !name.Any(char.IsControl)
            ? name
            : string.Concat(name.Take(Longest).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
