using ModelApi.Configuration;

namespace ModelApi.Identity;

/// <summary>A symmetric key in the format that <c>dotnet user-jwts</c> writes.</summary>
internal sealed record SigningKeySettings
{
    /// <summary>The issuer whose tokens the key signs.</summary>
    public string? Issuer { get; init; }

    /// <summary>Base64 of the key.</summary>
    public string Value { get; init; } = "";

    public static SigningKeySettings Read(SettingsReader settings)
    {
        // Written by dotnet user-jwts, and of no use here.
        settings.Text("Id");
        settings.Text("Length");
        return new() { Issuer = settings.Text(nameof(Issuer)), Value = settings.Text(nameof(Value)) ?? "" };
    }

    public byte[]? TryDecode()
    {
        var bytes = new byte[Value.Length];
        return Convert.TryFromBase64String(Value, bytes, out var length) ? bytes[..length] : null;
    }
}
