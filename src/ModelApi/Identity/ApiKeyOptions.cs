using ModelApi.Configuration;

namespace ModelApi.Identity;

/// <summary>One API key.</summary>
internal sealed record ApiKeyOptions
{
    /// <summary>The name of the key's user.</summary>
    public string User { get; init; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes in 64 hexadecimal digits: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>When the key expires; never when null.</summary>
    public DateTimeOffset? Expires { get; init; }

    public static ApiKeyOptions Read(SettingsReader settings)
    {
        var key = new ApiKeyOptions
        {
            User = settings.Required(nameof(User), ""),
            Sha256 = settings.Text(nameof(Sha256)) ?? "",
            Expires = settings.Date(nameof(Expires)),
        };
        if (key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigit))
        {
            // Without the value, which might be the key itself.
            settings.Fail(nameof(Sha256), " must be 64 hexadecimal digits: printf %s \"$KEY\" | sha256sum");
        }

        return key;
    }
}
