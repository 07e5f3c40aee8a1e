using System.Globalization;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models.Code;

/// <summary>The call that a program makes: it sends a model's example to the server that wrote the program.</summary>
/// <param name="Model">The model's name: lower-case letters, digits, '.', '-' and '_'.</param>
/// <param name="Url">The address, of characters that need no escaping in any language.</param>
/// <param name="Signature">The signature, which has the example.</param>
internal sealed record SampleCall(string Model, string Url, Signature Signature)
{
    private const string PlainInUrls = "-._~:/[]%";

    /// <param name="request">The request, which has the address under which the caller knows the server.</param>
    /// <param name="name">The model's name, or null where the route is that of the default model.</param>
    /// <param name="version">The version whose example is sent.</param>
    public static SampleCall Of(HttpRequest request, string? name, ModelVersion version)
    {
        var path = name is null ? "/predict" : $"/models/{name}/predict";
        var url = $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}{path}";
        return new SampleCall(version.Model, Plain(url), version.Manifest!.Signature);
    }

    // A host name comes from the caller, and some of its characters would end a string or a comment.
    private static string Plain(string url) => string.Concat(url.Select(c =>
        char.IsAsciiLetterOrDigit(c) || PlainInUrls.Contains(c, StringComparison.Ordinal)
            ? c.ToString()
            : c < 128 ? "%" + ((int)c).ToString("X2", CultureInfo.InvariantCulture) : ""));
}
