using ModelApi.Errors;

namespace ModelApi.Identity;

/// <summary>The 401 answer (RFC 6750, section 3).</summary>
internal static class BearerChallenge
{
    /// <param name="context">The request.</param>
    /// <param name="reason">Why the key or token was refused, or null when none was sent.</param>
    public static Task WriteAsync(HttpContext context, string? reason)
    {
        context.Response.Headers.WWWAuthenticate = reason is null
            ? $"Bearer realm=\"{Product.Name}\""
            : $"Bearer realm=\"{Product.Name}\", error=\"invalid_token\", error_description=\"{reason.Replace('"', '\'')}\"";
        return Failures.Unauthorized(reason).WriteAsync(context);
    }
}
