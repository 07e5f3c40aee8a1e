using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments.Rollouts;

/// <summary>
/// A host without a store, with versions of the bank model: 1 is in production, 2 is equal, 3 answers each row with the other label, 4 needs one more feature.
/// </summary>
internal sealed class TrialHost : SocketHost
{
    private readonly TemporaryModels _models;

    public TrialHost(TemporaryModels models)
    {
        _models = models;
        AddVersions(models);
    }

    public static string Row { get; } = Requests.Row().ToJsonString();

    public ModelRegistry Registry => Services.GetRequiredService<ModelRegistry>();

    public RolloutQueue Queue => Services.GetRequiredService<RolloutQueue>();

    public static void AddVersions(TemporaryModels models)
    {
        models.AddBank();
        models.AddBank(version: "2");
        var other = models.AddBank(version: "3");
        other.EditManifest(manifest =>
        {
            // The graph's own labels are texts; without them, a label is the class of the largest probability.
            manifest["classes"] = new JsonArray("yes", "no");
            manifest["outputs"] = new JsonObject { ["probabilities"] = "probabilities" };
        });
        other.Write("golden.jsonl", string.Join('\n', File.ReadLines(other.PathOf("golden.jsonl")).Select(SwapLabels)));
        var longer = models.AddBank(version: "4");
        longer.EditManifest(manifest => manifest["features"]!.AsArray().Add(
            new JsonObject { ["name"] = "height", ["type"] = "number", ["example"] = 1.8 }));
        longer.Write("golden.jsonl", string.Join('\n', File.ReadLines(longer.PathOf("golden.jsonl")).Select(AddHeight)));
    }

    /// <summary>Puts version 1 into production, and begins a rollout.</summary>
    /// <param name="json">As it is sent.</param>
    /// <param name="isCompared">Whether the copies are compared; otherwise they wait.</param>
    public RolloutRun Begin(string json, bool isCompared = true)
    {
        _ = Port();
        Assert.True(SpinWait.SpinUntil(() => Registry.Snapshot.Find("bank")!.Production is not null, TimeSpan.FromSeconds(60)));
        Assert.All(Registry.Snapshot.Find("bank")!.Versions, version => Assert.Empty(version.Faults));
        using var document = JsonDocument.Parse(json);
        var settings = RolloutSettingsReader.Read(document.RootElement, out _)! with
        {
            Id = Guid.NewGuid().ToString("n"),
            Seed = "a seed",
            Started = DateTimeOffset.UtcNow,
        };
        var run = Services.GetRequiredService<RolloutRuns>().Follow("bank", settings.ToJson(), stateJson: null)!;
        var placement = new ModelPlacement
        {
            Revision = 1,
            IsStaged = true,
            Stages = ImmutableDictionary<string, Stage>.Empty.Add("1", Stage.Production),
            Rollout = settings.ToRollout(),
        };
        // Published when the method returns; what it goes on with, loading, is nothing here.
        _ = Registry.PlaceAsync(new Dictionary<string, ModelPlacement> { ["bank"] = placement }, areAll: false, CancellationToken.None);
        Services.GetRequiredService<RolloutWorker>().Need(isCompared);
        return run;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("Models:Root", _models.Root);

        // Verdicts stay verdicts, and the test says when copies are compared.
        builder.ConfigureTestServices(services => services.Remove(
            services.Single(service => service.ImplementationType == typeof(RolloutKeeper))));
    }

    private static string SwapLabels(string line)
    {
        var row = JsonNode.Parse(line)!.AsObject();
        row["label"] = row["label"]!.GetValue<string>() == "no" ? "yes" : "no";
        var probabilities = row["probabilities"]!;
        (probabilities["no"], probabilities["yes"]) = (probabilities["yes"]!.DeepClone(), probabilities["no"]!.DeepClone());
        return row.ToJsonString();
    }

    private static string AddHeight(string line)
    {
        var row = JsonNode.Parse(line)!.AsObject();
        row["input"]!["height"] = 1.8;
        return row.ToJsonString();
    }
}
