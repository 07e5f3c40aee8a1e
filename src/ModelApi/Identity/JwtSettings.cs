using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using ModelApi.Configuration;

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
    public IReadOnlyList<SigningKeySettings> SigningKeys { get; init; } = [];

    /// <summary>RSA or elliptic curve public keys, or certificates, in PEM.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>Seconds by which the clocks of issuer and server may differ.</summary>
    public double ClockSkewSeconds { get; init; } = 30;

    public bool IsConfigured => Authority is not null || MetadataAddress is not null || SigningKeys.Count > 0 || PublicKeys.Count > 0;

    public IEnumerable<string> Issuers => ValidIssuer is null ? ValidIssuers : ValidIssuers.Append(ValidIssuer);

    public IEnumerable<string> Audiences => ValidAudience is null ? ValidAudiences : ValidAudiences.Append(ValidAudience);

    public static JwtSettings Read(SettingsReader settings)
    {
        var jwt = new JwtSettings
        {
            Authority = settings.Text(nameof(Authority)),
            MetadataAddress = settings.Text(nameof(MetadataAddress)),
            RequireHttpsMetadata = settings.Flag(nameof(RequireHttpsMetadata)) ?? true,
            ValidIssuer = settings.Text(nameof(ValidIssuer)),
            ValidIssuers = settings.Texts(nameof(ValidIssuers)),
            ValidAudience = settings.Text(nameof(ValidAudience)),
            ValidAudiences = settings.Texts(nameof(ValidAudiences)),
            SigningKeys = settings.List(nameof(SigningKeys), SigningKeySettings.Read),
            PublicKeys = settings.Texts(nameof(PublicKeys)),
            ClockSkewSeconds = settings.Number(nameof(ClockSkewSeconds), 0, 3600) ?? 30,
        };

        // JwtBearer reads these by itself, when the first token comes.
        settings.Duration(nameof(JwtBearerOptions.BackchannelTimeout), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        settings.Duration(nameof(JwtBearerOptions.RefreshInterval), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        settings.Flag(nameof(JwtBearerOptions.RefreshOnIssuerKeyNotFound));
        jwt.Check(settings);
        return jwt;
    }

    private void Check(SettingsReader settings)
    {
        if (!IsConfigured)
        {
            return;
        }

        if (!Audiences.Any())
        {
            settings.Fail(nameof(ValidAudiences), " is missing: name the audience that tokens for this server carry.");
        }

        if (Authority is null && MetadataAddress is null && !Issuers.Any())
        {
            settings.Fail(nameof(ValidIssuer), " is missing: name the issuer of the tokens.");
        }

        CheckAddress(settings, nameof(Authority), Authority);
        CheckAddress(settings, nameof(MetadataAddress), MetadataAddress);
        for (var i = 0; i < SigningKeys.Count; i++)
        {
            CheckSigningKey(settings, i);
        }

        for (var i = 0; i < PublicKeys.Count; i++)
        {
            if (TryReadPem(PublicKeys[i]) is null)
            {
                settings.Fail(nameof(PublicKeys), $":{i} must be an RSA or elliptic curve public key, or a certificate, in PEM.");
            }
        }
    }

    private void CheckAddress(SettingsReader settings, string name, string? address)
    {
        var isAllowed = address is null
            || (Uri.TryCreate(address, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && !RequireHttpsMetadata)));
        if (!isAllowed)
        {
            settings.Fail(name, $": '{address}' must be an https:// address (or http:// with RequireHttpsMetadata=false).");
        }
    }

    // JwtBearer looks for the one key of each valid issuer.
    private void CheckSigningKey(SettingsReader settings, int index)
    {
        var key = SigningKeys[index];
        var path = $":{index}";
        if (key.TryDecode() is not { Length: >= 32 })
        {
            settings.Fail(nameof(SigningKeys), $"{path}:Value must be the Base64 of at least 32 bytes.");
        }

        if (!Issuers.Contains(key.Issuer))
        {
            settings.Fail(nameof(SigningKeys), $"{path}:Issuer: '{key.Issuer}' must be the issuer that signs with this key, " +
                (Issuers.Any() ? $"one of {string.Join(", ", Issuers)}." : "which ValidIssuer names too."));
        }
        else if (SigningKeys.Take(index).Any(earlier => earlier.Issuer == key.Issuer))
        {
            settings.Fail(nameof(SigningKeys), $"{path}:Issuer: '{key.Issuer}' already has a key; an issuer can have one signing key.");
        }
    }

    public IEnumerable<SecurityKey> ReadPublicKeys() => PublicKeys.Select(TryReadPem).OfType<SecurityKey>();

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
