using System.Text;
using ModelApi.Identity;
using ModelApi.Inference.Registry;

namespace ModelApi.Hosting;

/// <summary>The text on the console that says what is served, where the documentation is, and how to call the default model.</summary>
internal sealed class Banner(ModelRegistry registry, ApiKeyStore keys, IHostEnvironment environment)
{
    /// <param name="addresses">Where the server listens, at least one address.</param>
    /// <param name="snapshot">The models.</param>
    /// <param name="missing">Why there is no default model, or null.</param>
    public string Text(IReadOnlyList<string> addresses, RegistrySnapshot snapshot, string? missing)
    {
        var text = new StringBuilder().AppendLine();
        text.AppendLine($"  {Product.Name} {Product.Version} on {addresses[0]} ({environment.EnvironmentName})");
        foreach (var address in addresses.Skip(1))
        {
            text.AppendLine($"  also on   {address}");
        }

        text.AppendLine();
        foreach (var version in snapshot.Models.SelectMany(model => model.Versions))
        {
            text.AppendLine(Describe(version));
        }

        if ((snapshot.RootFault ?? missing) is { } fault)
        {
            text.AppendLine($"  no model  {fault}");
        }

        text.AppendLine().AppendLine($"  docs      {addresses[0]}/docs");
        if (snapshot.Find(registry.DefaultModel)?.Production is { Manifest: { } manifest })
        {
            var token = keys.HoldsDevelopmentKey ? DevelopmentKey.Value : "$MODELAPI_KEY";
            var example = manifest.Signature.Example().ToJsonString().Replace("'", "'\\''", StringComparison.Ordinal);
            text.Append($"  try       curl {addresses[0]}/predict -H \"Authorization: Bearer {token}\"")
                .AppendLine($" -H 'Content-Type: application/json' -d '{example}'");
        }

        return text.AppendLine().ToString();
    }

    private static string Describe(ModelVersion version) => version.State switch
    {
        VersionState.Ready => $"  ready     {version.Model} {version.Version}, {version.Scorer!.Engine}",
        VersionState.Disabled => $"  disabled  {version.Model} {version.Version}",
        VersionState.Unloaded => $"  unloaded  {version.Model} {version.Version}; GET /models says why",
        _ when version.IsPending => $"  loading   {version.Model} {version.Version}",
        _ => $"  failed    {version.Model} {version.Version}; the log above and GET /models say why",
    };
}
