using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Deployments;

/// <summary><c>modelapi</c> deploys bundles to a server.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    private DeploymentServer _server = null!;

    private CommandLineTool Tool => _server.Tool;

    public async Task InitializeAsync() => _server = await DeploymentServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_bundle_is_pushed_once_listed_and_pulled_as_it_was()
    {
        var bundle = _server.Bundles.AddBank(version: "2");

        var first = await Tool.RunAsync("push", "bank", "--wait", "--json");
        var again = await Tool.RunAsync("push", "bank", "--json");
        bundle.EditManifest(manifest => manifest["description"] = "Other bytes.");
        var other = await Tool.RunAsync("push", "bank/2");
        var list = await Tool.RunAsync("list", "bank", "--json");
        var pulled = await Tool.RunAsync("pull", "bank", "2", "--output", "pulled", "--json");
        var refused = await Tool.RunAsync("pull", "bank", "2", "--output", "pulled");

        Assert.True(first.ExitCode == 0, first.All);
        var pushed = JsonNode.Parse(first.Output)!;
        Assert.Equal("bank 2 true ready", $"{pushed["model"]} {pushed["version"]} {pushed["created"]} {pushed["outcome"]}");
        Assert.Contains("bank 2: ready", first.Error, StringComparison.Ordinal);
        Assert.Equal((0, "false"), (again.ExitCode, JsonNode.Parse(again.Output)!["created"]!.ToJsonString()));
        Assert.Equal(3, other.ExitCode);
        Assert.Contains("other content already", other.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["1 ready", "2 ready"],
            JsonNode.Parse(list.Output)!["versions"]!.AsArray().Select(version => $"{version!["version"]} {version["state"]}"));
        Assert.True(pulled.ExitCode == 0, pulled.All);
        Assert.Equal((string)pushed["digest"]!, (string)JsonNode.Parse(pulled.Output)!["digest"]!);
        Assert.Equal(2, refused.ExitCode);

        // As it was pushed, before its description was changed.
        var shipped = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Bank, "model.json")))!;
        bundle.EditManifest(manifest => manifest["description"] = shipped["description"]!.DeepClone());
        foreach (var file in Directory.EnumerateFiles(bundle.Folder))
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(file),
                await File.ReadAllBytesAsync(Path.Combine(_server.Bundles.Root, "pulled", "bank", "2", Path.GetFileName(file))));
        }

        Assert.Equal("1", await _server.ProductionAsync("bank"));
    }

    [Fact]
    public async Task A_bundle_that_the_server_refuses_is_told_with_its_faults()
    {
        var bundle = _server.Bundles.AddBank(version: "2");
        bundle.EditManifest(manifest => manifest["features"]![0]!["minimum"] = 1000);

        var result = await Tool.RunAsync("push", "bank", "--promote");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Version 2 of model 'bank' is failed:", result.Error, StringComparison.Ordinal);
        Assert.Contains("$.features[0].minimum Must not be greater than maximum.", result.Error, StringComparison.Ordinal);
        Assert.Equal("1", await _server.ProductionAsync("bank"));
    }

    [Fact]
    public async Task A_version_that_would_break_clients_is_promoted_only_by_force_and_rolled_back()
    {
        _server.Bundles.AddBank(version: "2").EditManifest(manifest => manifest["target"] = new JsonObject { ["name"] = "subscribed" });

        var refused = await Tool.RunAsync("push", "bank", "--promote");
        var diff = await Tool.RunAsync("diff", "bank", "2");
        Assert.Equal("1", await _server.ProductionAsync("bank"));
        var forced = await Tool.RunAsync("promote", "bank", "2", "--force", "--json");
        Assert.Equal("2", await _server.ProductionAsync("bank"));
        var back = await Tool.RunAsync("rollback", "bank");
        var history = await Tool.RunAsync("history", "bank");

        Assert.Equal((3, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("'subscribed' is predicted (before: 'y')", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, diff.ExitCode);
        Assert.Contains("bank, from version 1 to version 2: clients may break", diff.Output, StringComparison.Ordinal);
        Assert.Contains("breaking  'subscribed' is predicted", diff.Output, StringComparison.Ordinal);
        Assert.Contains("overall.accuracy", diff.Output, StringComparison.Ordinal);
        Assert.True(forced.ExitCode == 0, forced.All);
        Assert.Equal("promoted 1", $"{JsonNode.Parse(forced.Output)!["outcome"]} {JsonNode.Parse(forced.Output)!["before"]}");
        Assert.Equal(
            (0, "Version 1 of model 'bank' is in production again; before, version 2 was.\n"), (back.ExitCode, back.Output));
        Assert.Equal("1", await _server.ProductionAsync("bank"));
        Assert.True(history.ExitCode == 0, history.All);
        Assert.Contains("rollback", history.Output, StringComparison.Ordinal);
        Assert.Contains("pedro1", history.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_names_a_version_wherever_a_version_is_asked_for()
    {
        _server.Bundles.AddBank(version: "2");
        Assert.Equal(0, (await Tool.RunAsync("push", "bank", "--stage", "Staging")).ExitCode);

        var set = await Tool.RunAsync("alias", "bank", "challenger", "2");
        var list = await Tool.RunAsync("list");
        var diff = await Tool.RunAsync("diff", "bank", "production", "challenger");
        var promoted = await Tool.RunAsync("promote", "bank", "challenger");
        var stale = await Tool.RunAsync("alias", "bank", "champion", "1", "--if-match", "0");
        var deleted = await Tool.RunAsync("alias", "bank", "challenger", "--delete");
        var unknown = await Tool.RunAsync("promote", "bank", "challenger");

        Assert.Equal((0, "bank@challenger is version 2.\n"), (set.ExitCode, set.Output));
        Assert.Contains("challenger", list.Output, StringComparison.Ordinal);
        Assert.Contains("Staging", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, diff.ExitCode);
        Assert.Contains("the same for clients", diff.Output, StringComparison.Ordinal);
        Assert.True(promoted.ExitCode == 0, promoted.All);
        Assert.Equal("2", await _server.ProductionAsync("bank"));
        Assert.Equal(3, stale.ExitCode);
        Assert.Equal((0, "bank@challenger names no version any more.\n"), (deleted.ExitCode, deleted.Output));
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("Model 'bank' has no alias 'challenger'; it has none.", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_is_equal_is_promoted_and_one_that_differs_is_withdrawn_with_the_reason()
    {
        var golden = _server.Bundles.AddBank(version: "2").PathOf("golden.jsonl");
        _server.AddContrary("3");
        string[] limits = ["--canary", "50", "--minimum-rows", "200", "--max-label-difference", "0.05", "--wait", "--timeout", "60"];

        var equal = await _server.WithTrafficAsync(
            "bank", golden, () => Tool.RunAsync(["push", "bank/2", "--promote", .. limits, "--json"]));
        var contrary = await _server.WithTrafficAsync("bank", golden, () => Tool.RunAsync(["push", "bank/3", "--promote", .. limits]));

        Assert.True(equal.ExitCode == 0, equal.All);
        Assert.Equal("promoted", (string)JsonNode.Parse(equal.Output)!["outcome"]!);
        Assert.Equal("2", await _server.ProductionAsync("bank"));
        Assert.True(contrary.ExitCode == 1, contrary.All);
        Assert.Contains("Version 3 of model 'bank' was withdrawn: ", contrary.Error, StringComparison.Ordinal);
        Assert.Contains("maxLabelDifference", contrary.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_is_begun_shown_and_ended()
    {
        var golden = _server.Bundles.AddBank(version: "2").PathOf("golden.jsonl");
        Assert.Equal(0, (await Tool.RunAsync("push", "bank", "--wait")).ExitCode);

        var begun = await Tool.RunAsync("rollout", "bank", "2", "--shadow");
        var shown = await _server.WithTrafficAsync("bank", golden, async () =>
        {
            var result = await Tool.RunAsync("rollout", "bank");
            for (var tries = 0; tries < 20 && !result.Output.Contains("labels differ in 0 %", StringComparison.Ordinal); tries++)
            {
                result = await Tool.RunAsync("rollout", "bank");
            }

            return result;
        });
        var late = await Tool.RunAsync("rollout", "bank", "--wait", "--timeout", "0");
        var ended = await Tool.RunAsync("rollout", "bank", "--end");
        var none = await Tool.RunAsync("rollout", "bank");

        Assert.Equal((0, "The rollout of version 2 of model 'bank' has begun.\n"), (begun.ExitCode, begun.Output));
        Assert.True(shown.ExitCode == 0, shown.All);
        Assert.StartsWith("bank 2: shadow\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("labels differ in 0 % (95 % confidence: 0 % to ", shown.Output, StringComparison.Ordinal);
        Assert.Contains("old \\ new", shown.Output, StringComparison.Ordinal);
        Assert.Contains("time, median", shown.Output, StringComparison.Ordinal);
        Assert.Equal(4, late.ExitCode);
        Assert.Equal((0, "The rollout of model 'bank' has ended.\n"), (ended.ExitCode, ended.Output));
        Assert.Equal(2, none.ExitCode);
    }

    [Fact]
    public async Task A_wrong_key_and_unknown_names_are_told()
    {
        var key = await Tool.RunAsync("list", "--token", "wrong");
        var model = await Tool.RunAsync("promote", "bnak", "1");
        var version = await Tool.RunAsync("diff", "bank", "1", "7");

        Assert.Equal((2, 2, 2), (key.ExitCode, model.ExitCode, version.ExitCode));
        Assert.Contains("environment variable MODELAPI_TOKEN", key.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'bank'?", model.Error, StringComparison.Ordinal);
        Assert.Contains("Model 'bank' has no version '7'.", version.Error, StringComparison.Ordinal);
    }

}
