using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Fuzz.Generation;

/// <summary>Spoils bundles: one file of a shipped one is changed, and its digest is put right, so that a reader goes on.</summary>
internal static class BundleMutator
{
    private const string Manifest = "model.json";

    /// <summary>Writes a spoilt copy of a bundle.</summary>
    /// <param name="random">Decides what is changed.</param>
    /// <param name="bundle">The folder of the bundle, <c>name/version</c>.</param>
    /// <param name="copy">The folder of the copy, in which the name of its parent is that of the model.</param>
    /// <returns>What was changed.</returns>
    public static string Write(Random random, string bundle, string copy)
    {
        var file = random.Next(10) switch
        {
            < 3 => Manifest,
            < 8 => Path.GetFileName(random.Pick(Directory.GetFiles(bundle, "*.onnx").Order(StringComparer.Ordinal).ToList())),
            8 => "golden.jsonl",
            _ => Path.GetFileName(random.Pick(Directory.GetFiles(bundle, "*.json").Order(StringComparer.Ordinal).ToList())),
        };
        var changed = Change(random, file, File.ReadAllBytes(Path.Combine(bundle, file)));
        Write(bundle, copy, file, changed.Content);
        return $"{file}: {changed.Kind}";
    }

    /// <summary>Writes a copy of a bundle with one file of another content.</summary>
    public static void Write(string bundle, string copy, string file, byte[] content)
    {
        Directory.CreateDirectory(copy);
        foreach (var original in Directory.GetFiles(bundle))
        {
            File.Copy(original, Path.Combine(copy, Path.GetFileName(original)), overwrite: true);
        }

        if (file != Manifest)
        {
            File.WriteAllBytes(Path.Combine(copy, file), content);
        }

        var json = file == Manifest ? content : File.ReadAllBytes(Path.Combine(bundle, Manifest));
        File.WriteAllBytes(Path.Combine(copy, Manifest), Rename(json, Path.GetFileName(Path.GetDirectoryName(copy)!), file, content));
    }

    public static Sample Change(Random random, string file, byte[] content) => Path.GetExtension(file) switch
    {
        ".onnx" => GraphMutator.Next(random, content),
        ".jsonl" => Lines(random, content),
        _ => JsonMutator.Next(random, content),
    };

    private static Sample Lines(Random random, byte[] content)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n').ToList();
        var at = random.Next(lines.Count);
        switch (random.Next(8))
        {
            case 0:
                return JsonMutator.Bytes(random, content);
            case 1:
                lines.RemoveRange(0, at);
                break;
            case 2:
                lines.InsertRange(at, Enumerable.Repeat(lines[0], random.Length(3000)));
                break;
            default:
                if (lines[at].Length > 0)
                {
                    var changed = JsonMutator.Next(random, Encoding.UTF8.GetBytes(lines[at]));
                    lines[at] = Encoding.UTF8.GetString(changed.Content);
                    return new Sample(changed.Kind, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
                }

                break;
        }

        return new Sample("lines", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    // As text, so that nothing else of a spoilt manifest is put right.
    private static byte[] Rename(byte[] manifest, string name, string file, byte[] content)
    {
        JsonObject? root;
        try
        {
            root = JsonNode.Parse(manifest) as JsonObject;
            if (root is null)
            {
                return manifest;
            }

            if (root["name"] is JsonValue)
            {
                root["name"] = name;
            }

            if (file != Manifest && root["files"] is JsonObject files && files.ContainsKey(file))
            {
                files[file] = Convert.ToHexStringLower(SHA256.HashData(content));
            }

            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // Spoilt beyond a parser: as it is.
            return manifest;
        }
    }
}
