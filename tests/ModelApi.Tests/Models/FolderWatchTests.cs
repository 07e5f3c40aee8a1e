using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

public sealed class FolderWatchTests : IDisposable
{
    private readonly StoreHost _host = new("1");

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_bundle_that_is_copied_in_serves_once_it_is_complete_and_one_that_is_removed_is_let_go()
    {
        Assert.Equal("1", await _host.AnsweredByAsync());

        // In the order in which a copy may write: the manifest first, and one file in two parts.
        using var elsewhere = new TemporaryModels();
        var source = elsewhere.AddBank(version: "2").Folder;
        var target = Directory.CreateDirectory(Path.Combine(_host.Models.Root, "bank", "2")).FullName;
        File.Copy(Path.Combine(source, "model.json"), Path.Combine(target, "model.json"));
        foreach (var file in Directory.GetFiles(source).Where(file => Path.GetFileName(file) is not ("model.json" or "model.onnx")))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        var graph = await File.ReadAllBytesAsync(Path.Combine(source, "model.onnx"));
        await using (var stream = File.Create(Path.Combine(target, "model.onnx")))
        {
            await stream.WriteAsync(graph.AsMemory(0, graph.Length / 2));
            await stream.FlushAsync();
            await Task.Delay(1500);
            Assert.Equal("1", await _host.AnsweredByAsync());
            Assert.Equal("404", await _host.AnsweredByAsync("/models/bank/versions/2/predict"));
            await stream.WriteAsync(graph.AsMemory(graph.Length / 2));
        }

        await WaitForAsync("2");
        Directory.Delete(target, recursive: true);
        await WaitForAsync("1");
        Assert.Equal("404", await _host.AnsweredByAsync("/models/bank/versions/2/predict"));
    }

    [Fact]
    public async Task A_bundle_that_is_changed_in_place_is_loaded_anew_and_serves_on_where_that_fails()
    {
        Assert.Equal("1", await _host.AnsweredByAsync());
        var bundle = new TemporaryBundle(Path.Combine(_host.Models.Root, "bank", "1"));
        bundle.EditManifest(manifest => manifest["description"] = "Changed.");
        await WaitAsync(async () => (await DescriptionAsync()) == "Changed.");

        bundle.EditManifest(manifest => manifest["task"] = JsonValue.Create("nothing"));
        await Task.Delay(1500);
        Assert.Equal("1", await _host.AnsweredByAsync());
        Assert.Equal("Changed.", await DescriptionAsync());
    }

    [Fact]
    public async Task A_folder_of_models_that_is_gone_changes_nothing()
    {
        Assert.Equal("1", await _host.AnsweredByAsync());
        var root = _host.Models.Root;
        Directory.Move(root, root + ".away");
        await Task.Delay(1500);
        Assert.Equal("1", await _host.AnsweredByAsync());
        Directory.Move(root + ".away", root);
        await Task.Delay(1500);
        Assert.Equal("1", await _host.AnsweredByAsync());
    }

    private async Task<string?> DescriptionAsync() =>
        (await _host.OkAsync(HttpMethod.Get, "/models/bank/versions/1")).GetProperty("description").GetString();

    private Task WaitForAsync(string version) => WaitAsync(async () => await _host.AnsweredByAsync() == version);

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        for (var patience = 0; !await condition(); patience++)
        {
            Assert.True(patience < 400, "It did not happen.");
            await Task.Delay(50);
        }
    }
}
