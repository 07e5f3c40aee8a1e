using System.Globalization;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models.Code;

/// <summary>The call that a program is written for: a model's own example, sent to the server that is asked.</summary>
/// <param name="Model">The model's name: lower-case letters, digits, '.', '-' and '_'.</param>
/// <param name="Url">The address, of characters that need no escaping in any language.</param>
/// <param name="Signature">What is sent and answered.</param>
internal sealed record SampleCall(string Model, string Url, Signature Signature)
{
    private const string PlainInUrls = "-._~:/[]%";

    /// <param name="request">Tells under which address the server is known to the caller.</param>
    /// <param name="name">The model's name, or null where the route is that of the default model.</param>
    /// <param name="version">The version whose example is sent.</param>
    public static SampleCall Of(HttpRequest request, string? name, ModelVersion version)
    {
        var path = name is null ? "/predict" : $"/models/{name}/predict";
        return new SampleCall(version.Model, Plain($"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}{path}"), version.Manifest!.Signature);
    }

    // A host name comes from outside, and some characters that are good in one would end a string or a comment.
    private static string Plain(string url) => string.Concat(url.Select(c =>
        char.IsAsciiLetterOrDigit(c) || PlainInUrls.Contains(c, StringComparison.Ordinal)
            ? c.ToString()
            : c < 128 ? "%" + ((int)c).ToString("X2", CultureInfo.InvariantCulture) : ""));
}
