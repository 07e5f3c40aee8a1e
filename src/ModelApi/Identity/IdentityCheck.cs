using ModelApi.Configuration;

namespace ModelApi.Identity;

/// <summary>Stops a start after which nobody, or everybody, could call the server.</summary>
internal static class IdentityCheck
{
    private const string Nobody = """
        Neither an API key nor a token authority is configured, so nobody could call this server. Add a key:

          KEY=$(openssl rand -hex 32)
          export Identity__ApiKeys__0__User=app1
          export Identity__ApiKeys__0__Sha256=$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)

        or an authority that issues JSON Web Tokens:

          export Authentication__Schemes__Bearer__Authority=https://login.example.com
          export Authentication__Schemes__Bearer__ValidAudiences__0=modelapi
        """;

    /// <param name="settings">Collects the failures.</param>
    /// <param name="options">The options that were read from the settings.</param>
    /// <param name="hasTokens">Whether JSON Web Tokens are configured.</param>
    /// <param name="environment">The environment.</param>
    public static void Check(SettingsReader settings, IdentityOptions options, bool hasTokens, IHostEnvironment environment)
    {
        const string Keys = nameof(IdentityOptions.ApiKeys);
        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            if (!environment.IsDevelopment() && DevelopmentKey.Is(options.ApiKeys[i].Sha256))
            {
                settings.Fail(Keys, $":{i} is the development key, which everybody knows; it is refused in {environment.EnvironmentName}. "
                    + "Make another: openssl rand -hex 32");
            }
        }

        var digests = options.ApiKeys.Select(key => key.Sha256).Where(digest => digest.Length > 0).ToList();
        if (digests.Distinct(StringComparer.OrdinalIgnoreCase).Count() < digests.Count)
        {
            settings.Fail(Keys, " holds the same Sha256 twice; give each user a key of their own.");
        }

        if (options.ApiKeys.Count == 0 && !hasTokens)
        {
            settings.Fail(Nobody);
        }
    }
}
