using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace ModelApi.Identity;

/// <summary>
/// Checks the section <c>Authentication:Schemes:Bearer</c> at start, and reads what JwtBearer, which binds the rest, does not know.
/// </summary>
internal sealed record JwtSettings
{
    public const string Section = "Authentication:Schemes:Bearer";

    /// <summary>The issuer whose published keys sign the tokens.</summary>
    public string? Authority { get; init; }

    /// <summary>The address of the authority's metadata, if it is not below the authority.</summary>
    public string? MetadataAddress { get; init; }

    /// <summary>Whether the metadata must come over HTTPS.</summary>
    public bool RequireHttpsMetadata { get; init; } = true;

    public string? ValidIssuer { get; init; }

    public IReadOnlyList<string> ValidIssuers { get; init; } = [];

    public string? ValidAudience { get; init; }

    public IReadOnlyList<string> ValidAudiences { get; init; } = [];

    /// <summary>Symmetric keys, one for each issuer.</summary>
    public IReadOnlyList<SymmetricKeySettings> SigningKeys { get; init; } = [];

    /// <summary>RSA or elliptic curve public keys, or certificates, in PEM.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>Seconds by which the clocks of issuer and server may differ.</summary>
    public double ClockSkewSeconds { get; init; } = 30;

    public bool IsConfigured => Authority is not null || MetadataAddress is not null || SigningKeys.Count > 0 || PublicKeys.Count > 0;

    public IEnumerable<string> Issuers => ValidIssuer is null ? ValidIssuers : ValidIssuers.Append(ValidIssuer);

    public IEnumerable<string> Audiences => ValidAudience is null ? ValidAudiences : ValidAudiences.Append(ValidAudience);

    public static JwtSettings Read(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<JwtSettings>() ?? new JwtSettings();

    /// <summary>Why tokens cannot be validated; empty when they can.</summary>
    public IEnumerable<string> Check()
    {
        if (!IsConfigured)
        {
            yield break;
        }

        if (!Audiences.Any())
        {
            yield return $"{Section}:ValidAudiences is missing: name the audience that tokens for this server carry.";
        }

        if (Authority is null && MetadataAddress is null && !Issuers.Any())
        {
            yield return $"{Section}:ValidIssuer is missing: name the issuer of the tokens.";
        }

        if (new[] { Authority, MetadataAddress }.OfType<string>().FirstOrDefault(address => !IsAllowed(address)) is { } refused)
        {
            yield return $"{Section}: '{refused}' must be an https:// address (or http:// with RequireHttpsMetadata=false).";
        }

        for (var i = 0; i < SigningKeys.Count; i++)
        {
            var key = SigningKeys[i];
            if (key.TryDecode() is not { Length: >= 32 })
            {
                yield return $"{Section}:SigningKeys:{i}:Value must be the Base64 of at least 32 bytes.";
            }

            if (!Issuers.Contains(key.Issuer))
            {
                yield return $"{Section}:SigningKeys:{i}:Issuer is '{key.Issuer}'; it must name the issuer that signs with this key, " +
                    $"one of ValidIssuer and ValidIssuers.";
            }
            else if (SigningKeys.Take(i).Any(earlier => earlier.Issuer == key.Issuer))
            {
                yield return $"{Section}:SigningKeys:{i}:Issuer is '{key.Issuer}', which already has a key; an issuer can have one signing key.";
            }
        }

        for (var i = 0; i < PublicKeys.Count; i++)
        {
            if (TryReadPem(PublicKeys[i]) is null)
            {
                yield return $"{Section}:PublicKeys:{i} must be an RSA or elliptic curve public key, or a certificate, in PEM.";
            }
        }
    }

    public IEnumerable<SecurityKey> ReadPublicKeys() => PublicKeys.Select(TryReadPem).OfType<SecurityKey>();

    private bool IsAllowed(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && !RequireHttpsMetadata));

    private static SecurityKey? TryReadPem(string pem)
    {
        try
        {
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            {
                return new X509SecurityKey(X509Certificate2.CreateFromPem(pem));
            }

            var key = PublicKey.CreateFromSubjectPublicKeyInfo(PemBytes(pem), out _);
            if (key.GetRSAPublicKey() is { } rsa)
            {
                return new RsaSecurityKey(rsa);
            }

            return key.GetECDsaPublicKey() is { } curve ? new ECDsaSecurityKey(curve) : null;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static byte[] PemBytes(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}

/// <summary>A symmetric key in the format that <c>dotnet user-jwts</c> writes.</summary>
internal sealed record SymmetricKeySettings
{
    public string? Issuer { get; init; }

    /// <summary>Base64 of the key.</summary>
    public string Value { get; init; } = "";

    public byte[]? TryDecode()
    {
        var bytes = new byte[Value.Length];
        return Convert.TryFromBase64String(Value, bytes, out var length) ? bytes[..length] : null;
    }
}
