using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A folder of models of its own, in which a test may spoil bundles.</summary>
internal sealed class TemporaryModels : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("modelapi-").FullName;

    /// <summary>Copies the bank bundle under that name and version.</summary>
    public TemporaryBundle AddBank(string name = "bank", string version = "1") =>
        TemporaryBundle.Copy(Repository.Bank, Root, name, version);

    /// <summary>Makes a bundle of a regression of one number <c>x</c>, with one golden row.</summary>
    public TemporaryBundle AddRegression(string name, byte[] graph)
    {
        var folder = Path.Combine(Root, name, "1");
        Directory.CreateDirectory(folder);
        var bundle = new TemporaryBundle(folder);
        File.WriteAllText(bundle.PathOf("model.json"), $$"""
            {
              "name": "{{name}}", "version": "1", "description": "Made by a test.", "task": "regression",
              "target": { "name": "y", "description": "A number." },
              "features": [{ "name": "x", "type": "number", "example": 1 }],
              "unknownCategory": "reject", "graphs": [{ "file": "graph.onnx" }], "outputs": { "value": "value" }, "files": {}
            }
            """);
        bundle.Write("graph.onnx", graph);
        bundle.Write("golden.jsonl", """{"input":{"x":1},"value":1}""");
        return bundle;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

/// <summary>A bundle that a test may change.</summary>
internal sealed class TemporaryBundle(string folder)
{
    public string Folder => folder;

    /// <summary>Copies a bundle below a folder of models, under another name and version.</summary>
    public static TemporaryBundle Copy(string source, string root, string name, string version)
    {
        var folder = Path.Combine(root, name, version);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var bundle = new TemporaryBundle(folder);
        bundle.EditManifest(manifest =>
        {
            manifest["name"] = name;
            manifest["version"] = version;
        });
        return bundle;
    }

    public string PathOf(string file) => Path.Combine(folder, file);

    public void EditManifest(Action<JsonObject> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("model.json")))!.AsObject();
        edit(manifest);
        File.WriteAllText(PathOf("model.json"), manifest.ToJsonString());
    }

    /// <summary>Writes a file and its digest in the manifest.</summary>
    public void Write(string file, byte[] content)
    {
        File.WriteAllBytes(PathOf(file), content);
        EditManifest(manifest => manifest["files"]![file] = Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    public void Remove(string file)
    {
        File.Delete(PathOf(file));
        EditManifest(manifest => manifest["files"]!.AsObject().Remove(file));
    }

    public void Write(string file, string content) => Write(file, System.Text.Encoding.UTF8.GetBytes(content));
}
