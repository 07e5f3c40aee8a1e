using Microsoft.Extensions.Configuration;
using ModelApi.Answers;
using ModelApi.Configuration;
using ModelApi.Identity;
using ModelApi.Limits;
using ModelApi.Models;

namespace ModelApi.Tests.Configuration;

public sealed class SettingsTests
{
    private const string Bearer = "Authentication:Schemes:Bearer";
    private const string ApiKeys = "Identity:ApiKeys";

    [Theory]
    [InlineData("Limits:MaxJsonDepth", "none", "Limits:MaxJsonDepth: 'none' is not a whole number from 2 to 1000.")]
    [InlineData("Limits:MaxJsonDepth", "1001", "Limits:MaxJsonDepth: '1001' is not a whole number from 2 to 1000.")]
    [InlineData("Limits:MaxRowsPerRequest", "9999999999",
        "Limits:MaxRowsPerRequest: '9999999999' is not a whole number from 1 to 10000000.")]
    [InlineData("Limits:RequestTimeoutSeconds", "0.05", "Limits:RequestTimeoutSeconds: '0.05' is not a number from 0.1 to 3600.")]
    [InlineData("Limits:ShutdownSeconds", "NaN", "Limits:ShutdownSeconds: 'NaN' is not a number from 0 to 3600.")]
    [InlineData("Limits:DrainSeconds", "", "Limits:DrainSeconds: '' is not a number from 0 to 300.")]
    [InlineData("Limits:DrainSeconds:0", "1", "Limits:DrainSeconds takes one value, and no settings below it.")]
    [InlineData("Models:Engine", "fast", "Models:Engine: 'fast' is not one of auto, compiled, onnxruntime.")]
    [InlineData("Models:Engine", "1", "Models:Engine: '1' is not one of auto, compiled, onnxruntime.")]
    [InlineData("Models:Root", " ", "Models:Root is missing.")]
    [InlineData("Models:Batching:Mode", "yes", "Models:Batching:Mode: 'yes' is not one of auto, on, off.")]
    [InlineData("Models:Batching", "on", "Models:Batching takes no value of its own; set Models:Batching:Mode, Models:Batching:MaxRows, "
        + "Models:Batching:MaxDelayMilliseconds, Models:Batching:MaxQueuedRows.")]
    [InlineData("Api:Envelope", "ja", "Api:Envelope: 'ja' is neither true nor false.")]
    [InlineData(ApiKeys + ":0:Expires", "tomorrow", ApiKeys + ":0:Expires: 'tomorrow' is not a date; write it like 2027-01-31T00:00:00Z.")]
    [InlineData(ApiKeys + ":0:Expires", "01/02/2027",
        ApiKeys + ":0:Expires: '01/02/2027' is not a date; write it like 2027-01-31T00:00:00Z.")]
    [InlineData(ApiKeys + ":0:User", "", ApiKeys + ":0:User is missing.")]
    [InlineData(ApiKeys + ":0:Sha256", "secret", ApiKeys + ":0:Sha256 must be 64 hexadecimal digits: printf %s \"$KEY\" | sha256sum")]
    [InlineData(ApiKeys + ":1", "secret", ApiKeys + ":1 takes no value of its own; set Identity:ApiKeys:1:User, "
        + "Identity:ApiKeys:1:Sha256, Identity:ApiKeys:1:Expires.")]
    [InlineData(ApiKeys, "secret", ApiKeys + " takes a list; set Identity:ApiKeys:0.")]
    [InlineData(Bearer + ":RequireHttpsMetadata", "no", Bearer + ":RequireHttpsMetadata: 'no' is neither true nor false.")]
    [InlineData(Bearer + ":ClockSkewSeconds", "-1", Bearer + ":ClockSkewSeconds: '-1' is not a number from 0 to 3600.")]
    [InlineData(Bearer + ":ValidAudiences", "a",
        Bearer + ":ValidAudiences takes a list; set Authentication:Schemes:Bearer:ValidAudiences:0.")]
    [InlineData(Bearer + ":BackchannelTimeout", "soon",
        Bearer + ":BackchannelTimeout: 'soon' is not a time from 00:00:01 to 00:10:00 (hours:minutes:seconds).")]
    [InlineData(Bearer + ":SigningKeys:0:Value", "c2VjcmV0", Bearer + ":SigningKeys:0:Value must be the Base64 of at least 32 bytes.")]
    [InlineData(Bearer + ":SigningKeys:0:Issuer", "a",
        Bearer + ":SigningKeys:0:Issuer: 'a' must be the issuer that signs with this key, which ValidIssuer names too.")]
    public void An_unusable_value_is_named_with_its_setting_and_the_allowed_values(string name, string value, string message)
    {
        var failures = Read((name, value)).SelectMany(settings => settings.Failures).ToList();

        Assert.Contains(message, failures);
        Assert.DoesNotContain("secret", string.Concat(failures), StringComparison.Ordinal);
        Assert.DoesNotContain("c2Vj", string.Concat(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_has_one_signing_key()
    {
        var key = Convert.ToBase64String(new byte[32]);

        var failures = Read(
            ($"{Bearer}:ValidIssuer", "a"), ($"{Bearer}:ValidAudience", "b"),
            ($"{Bearer}:SigningKeys:0:Issuer", "a"), ($"{Bearer}:SigningKeys:0:Value", key),
            ($"{Bearer}:SigningKeys:1:Issuer", "a"), ($"{Bearer}:SigningKeys:1:Value", key)).SelectMany(settings => settings.Failures);

        Assert.Equal($"{Bearer}:SigningKeys:1:Issuer: 'a' already has a key; an issuer can have one signing key.", Assert.Single(failures));
    }

    [Theory]
    [InlineData("2027-01-31", "2027-01-31T00:00:00Z")]
    [InlineData("2027-01-31T10:30", "2027-01-31T10:30:00Z")]
    [InlineData("2027-01-31T10:30:00Z", "2027-01-31T10:30:00Z")]
    [InlineData("2027-01-31T10:30:00.25+02:00", "2027-01-31T08:30:00.25Z")]
    public void A_date_without_an_offset_is_in_UTC(string value, string instant)
    {
        var settings = new SettingsReader(Configuration(("Identity:ApiKeys:0:Expires", value)).GetSection("Identity"));

        var key = Assert.Single(IdentityOptions.Read(settings).ApiKeys);

        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), key.Expires);
    }

    [Fact]
    public void Settings_are_read_as_they_are_written()
    {
        var configuration = Configuration(
            ("Limits:MaxJsonDepth", "8"), ("limits:requesttimeoutseconds", "1.5"), ("Models:Engine", "ONNXRUNTIME"),
            ("Models:Batching:Mode", "on"), ("Api:Envelope", "True"));

        var limits = LimitsOptions.Read(new SettingsReader(configuration.GetSection("Limits")));
        var models = ModelsOptions.Read(new SettingsReader(configuration.GetSection("Models")));
        var api = ApiOptions.Read(new SettingsReader(configuration.GetSection("Api")));

        Assert.Equal(new LimitsOptions { MaxJsonDepth = 8, RequestTimeoutSeconds = 1.5 }, limits);
        Assert.Equal(("OnnxRuntime", "On"), (models.Engine.ToString(), models.Batching.Mode.ToString()));
        Assert.True(api.Envelope);
    }

    [Theory]
    [InlineData("Limits:MaxRowPerRequest", "Limits:MaxRowPerRequest is not a setting; did you mean MaxRowsPerRequest?")]
    [InlineData("Models:Batching:MaxRow", "Models:Batching:MaxRow is not a setting; did you mean MaxRows?")]
    [InlineData("Models:Colour",
        "Models:Colour is not a setting; those of its section are Root, Default, Engine, BatchThreads, Threads, "
        + "LoadTimeoutSeconds, LoadMemoryMegabytes, Isolation, Watch, Batching.")]
    [InlineData(ApiKeys + ":0:Expiry", ApiKeys + ":0:Expiry is not a setting; did you mean Expires?")]
    [InlineData(Bearer + ":Autority", Bearer + ":Autority is not a setting; did you mean Authority?")]
    [InlineData(Bearer + ":SigningKeys:0:Valeu", Bearer + ":SigningKeys:0:Valeu is not a setting; did you mean Value?")]
    [InlineData("Limit:MaxJsonDepth", "Limit is not a section of settings; did you mean Limits?")]
    public void An_unknown_setting_is_named_with_the_nearest_one(string name, string message)
    {
        Assert.Equal(message, Assert.Single(FindUnknown([(name, "1")])));
    }

    [Theory]
    [InlineData("--url is not an option; did you mean --urls?", "--url", "http://localhost:1")]
    [InlineData("--enviroment is not an option; did you mean --environment?", "--enviroment=Production")]
    [InlineData("/hlep is not an option; did you mean --help?", "/hlep")]
    [InlineData("--Limit:MaxJsonDepth is not an option; did you mean --Limits:MaxJsonDepth?", "--Limit:MaxJsonDepth", "5")]
    [InlineData("The argument 'serve' is ignored: options begin with --, as in --urls http://localhost:8900.", "serve")]
    [InlineData("The option --urls is ignored: write --urls <value>; see --help.", "--urls")]
    [InlineData("-v is not an option; see --help.", "-v")]
    public void An_unknown_option_is_named_with_the_nearest_one(string message, params string[] args)
    {
        Assert.Equal(message, Assert.Single(FindUnknown([], args)));
    }

    [Fact]
    public void Settings_of_ASPNET_Core_and_other_programs_are_not_unknown()
    {
        (string, string)[] settings =
        [
            ("urls", "a"), ("Kestrel:Endpoints:A:Url", "a"), ("Logging:LogLevel:Default", "a"), ("AllowedHosts", "*"), ("PATH", "a"),
            ("Models", "a"), ("Authentication:DefaultScheme", "a"), ("MyCompany:Setting", "a"),
        ];

        string[] args =
            ["--urls", "a", "--environment=b", "--Limits:MaxJsonDepth", "4", "--Logging:LogLevel:Default", "None", "/contentRoot", "c"];

        Assert.Empty(FindUnknown(settings, args));
    }

    [Fact]
    public void The_documentation_names_every_setting()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

        foreach (var name in Sections(Configuration()).SelectMany(section => section.Names))
        {
            var last = name.Split(':')[^1];
            Assert.True(text.Contains($"`{name}", StringComparison.Ordinal) || text.Contains($"`{last}", StringComparison.Ordinal), name);
        }
    }

    private static IEnumerable<string> FindUnknown((string, string)[] settings, params string[] args)
    {
        var builder = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(Pair)).AddCommandLine(args);
        var configuration = builder.Build();
        return UnknownNames.Find(configuration, Sections(configuration), args);
    }

    private static SettingsSection[] Sections(IConfiguration configuration) =>
    [
        new SettingsSection<LimitsOptions>(configuration, LimitsOptions.Section, LimitsOptions.Read),
        new SettingsSection<ModelsOptions>(configuration, ModelsOptions.Section, ModelsOptions.Read),
        new SettingsSection<IdentityOptions>(configuration, IdentityOptions.Section, IdentityOptions.Read),
        new SettingsSection<JwtSettings>(configuration, JwtSettings.Section, JwtSettings.Read),
        new SettingsSection<ApiOptions>(configuration, ApiOptions.Section, ApiOptions.Read),
    ];

    private static IReadOnlyList<SettingsReader> Read(params (string, string)[] settings)
    {
        var configuration = Configuration(settings);
        return
        [
            Read(LimitsOptions.Section, LimitsOptions.Read),
            Read(ModelsOptions.Section, ModelsOptions.Read),
            Read(IdentityOptions.Section, IdentityOptions.Read),
            Read(JwtSettings.Section, JwtSettings.Read),
            Read(ApiOptions.Section, ApiOptions.Read),
        ];

        SettingsReader Read<T>(string section, Func<SettingsReader, T> read)
        {
            var reader = new SettingsReader(configuration.GetSection(section));
            read(reader);
            return reader;
        }
    }

    private static IConfigurationRoot Configuration(params (string, string)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(Pair)).Build();

    private static KeyValuePair<string, string?> Pair((string Name, string Value) setting) => new(setting.Name, setting.Value);
}
