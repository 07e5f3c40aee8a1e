namespace ModelApi.Answers;

/// <summary>Headers with which a browser runs nothing in a page but the server's own files.</summary>
internal static class PageHeaders
{
    // Swagger UI draws its icons from data.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'{0}; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds the headers to a page.</summary>
    /// <param name="headers">The page's headers.</param>
    /// <param name="styles">The SHA-256 of each style that stands in the page itself, in base 64.</param>
    public static void AddTo(IHeaderDictionary headers, params ReadOnlySpan<string> styles)
    {
        var own = "";
        foreach (var style in styles)
        {
            own += $" 'sha256-{style}'";
        }

        headers.ContentSecurityPolicy = Policy.Replace("{0}", own, StringComparison.Ordinal);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
