using Microsoft.Extensions.Options;

namespace ModelApi.Identity;

/// <summary>Stops a start that nobody, or anybody, could call.</summary>
internal sealed class IdentityOptionsValidator(IHostEnvironment environment, IConfiguration configuration) : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            failures.AddRange(Check(options.ApiKeys[i], $"Identity:ApiKeys:{i}"));
        }

        if (options.ApiKeys.GroupBy(key => key.Sha256, StringComparer.OrdinalIgnoreCase).Any(same => same.Count() > 1))
        {
            failures.Add("Identity:ApiKeys holds the same Sha256 twice; give each user a key of their own.");
        }

        var tokens = JwtSettings.Read(configuration);
        failures.AddRange(tokens.Check());
        if (options.ApiKeys.Count == 0 && !tokens.IsConfigured)
        {
            failures.Add("""
                Neither an API key nor a token authority is configured, so nobody could call this server. Add a key:

                  KEY=$(openssl rand -hex 32)
                  export Identity__ApiKeys__0__User=app1
                  export Identity__ApiKeys__0__Sha256=$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)

                or an authority that issues JSON Web Tokens:

                  export Authentication__Schemes__Bearer__Authority=https://login.example.com
                  export Authentication__Schemes__Bearer__ValidAudiences__0=modelapi
                """);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Check(ApiKeyOptions key, string path)
    {
        if (string.IsNullOrWhiteSpace(key.User))
        {
            yield return $"{path}:User is missing.";
        }

        if (key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigit))
        {
            yield return $"{path}:Sha256 must be 64 hexadecimal digits: printf %s \"$KEY\" | sha256sum";
        }
        else if (!environment.IsDevelopment() && DevelopmentKey.Is(key.Sha256))
        {
            yield return $"{path} is the development key, which everybody knows; it is refused in {environment.EnvironmentName}. Make another: openssl rand -hex 32";
        }
    }
}
