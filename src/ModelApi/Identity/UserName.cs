using System.Security.Claims;

namespace ModelApi.Identity;

/// <summary>The name under which a caller is answered and logged.</summary>
internal static class UserName
{
    // The claims of tokens in the order of preference, and that of API keys.
    private static readonly string[] Claims = ["preferred_username", "unique_name", "name", "sub", ClaimTypes.Name];

    private const int Longest = 128;

    public static string? Of(ClaimsPrincipal user) => user is Caller caller ? caller.Name : Read(user);

    private static string? Read(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true }
            ? Clean(Claims.Select(claim => user.FindFirst(claim)?.Value).FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? "unnamed")
            : null;

    // A token's issuer chooses the name; in a log it must not start lines or move a terminal's cursor.
    private static string Clean(string name) =>
        name.Length <= Longest && !name.Any(char.IsControl)
            ? name
            : string.Concat(Cut(name).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    // Not between the two halves of a surrogate pair.
    private static string Cut(string name) =>
        name.Length <= Longest ? name : name[..(char.IsHighSurrogate(name[Longest - 1]) ? Longest - 1 : Longest)];
}
