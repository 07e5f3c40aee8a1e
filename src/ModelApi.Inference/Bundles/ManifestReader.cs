using System.Text.Json;
using System.Text.RegularExpressions;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads <c>model.json</c> and finds every fault in it.</summary>
internal sealed partial class ManifestReader(BundleLimits limits)
{
    public const string FileName = "model.json";

    /// <summary>The manifest, or null when it has any fault.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="files">Receives the files that it lists, to be checked even if the manifest has other faults.</param>
    public BundleManifest? Read(ReadOnlyMemory<byte> json, BundleFaults faults, IDictionary<string, string> files)
    {
        var before = faults.Count;
        try
        {
            using var document = BundleJson.Parse(json);
            var manifest = ReadManifest(new ManifestNode(document.RootElement, FileName, "$", faults), files);
            return faults.Count == before ? manifest : null;
        }
        catch (JsonException exception)
        {
            faults.Add(BundleJson.Malformed(FileName, exception, json.Span));
            return null;
        }
        catch (InvalidOperationException exception) when (BundleJson.IsHalfSurrogate(exception))
        {
            faults.Add(BundleJson.HalfSurrogate(FileName, ""));
            return null;
        }
    }

    private BundleManifest? ReadManifest(ManifestNode root, IDictionary<string, string> files)
    {
        if (!root.IsObject("$schema", "name", "version", "description", "task", "target", "targets", "classes", "instancesKey",
            "unknownCategory", "features", "graphs", "model", "outputs", "tolerance", "toleranceReason", "batching", "files"))
        {
            return null;
        }

        root.Member("$schema", required: false)?.Text();
        var name = root.Member("name")?.Match(
            NamePattern, "a name of lower-case letters, digits, '-', '_' or '.', at most 64, starting with a letter or digit");
        var version = root.Member("version")?.Match(VersionPattern, "a positive whole number as a string, such as \"1\"");
        var description = root.Member("description")?.Text();
        var answer = new AnswerManifestReader(limits).Read(root);
        var tolerance = Tolerance.Read(root);
        var instancesKey = root.Member("instancesKey", required: false) is { } key ? key.Text(atMost: 256) : "instances";
        var unknownCategory = root.Member("unknownCategory")?.OneOf(
            ("reject", UnknownCategory.Reject), ("encode-as-missing", UnknownCategory.EncodeAsMissing));
        var features = new FeatureManifestReader(limits).Read(root.Member("features"), instancesKey);
        var (graphs, model) = new ModelManifestReader(limits).Read(root);
        var batching = BatchingManifest.Read(root.Member("batching", required: false));
        ReadFiles(root.Member("files"), files);

        return name is null || version is null || description is null || answer is null
            || instancesKey is null || unknownCategory is null || features is null || graphs is null
            ? null
            : new BundleManifest
            {
                Name = name,
                Version = version,
                Description = description,
                Signature = new Signature(features)
                {
                    Task = answer.Task,
                    Target = answer.Target,
                    Targets = answer.Targets,
                    Classes = answer.Classes,
                    Answer = answer.Shape,
                    InstancesKey = instancesKey,
                    UnknownCategory = unknownCategory.Value,
                },
                Graphs = graphs,
                Model = model,
                Outputs = answer.Outputs,
                Tolerance = tolerance,
                Batching = batching,
                Files = files.AsReadOnly(),
            };
    }

    private void ReadFiles(ManifestNode? files, IDictionary<string, string> read)
    {
        if (files is not { } node || !node.IsMap())
        {
            return;
        }

        foreach (var (name, digest) in node.Members())
        {
            if (!FilePattern.IsMatch(name) || name == FileName)
            {
                digest.Fault("Must be named like a file in the bundle, without a path, and not model.json itself.");
            }
            else if (digest.Match(DigestPattern, "a SHA-256 of 64 lower-case hexadecimal digits") is { } sha256)
            {
                read[name] = sha256;
            }
        }

        if (read.Count > limits.MaxFiles)
        {
            node.Fault($"Must list at most {limits.MaxFiles} files.");
        }

        if (!node.Element.TryGetProperty(GoldenRows.FileName, out _))
        {
            node.Fault($"Must list '{GoldenRows.FileName}': a version that cannot be checked against its trainer is not served.");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    internal static partial Regex NamePattern { get; }

    [GeneratedRegex(@"\A[1-9][0-9]{0,8}\z")]
    internal static partial Regex VersionPattern { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z")]
    internal static partial Regex FilePattern { get; }

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex DigestPattern { get; }
}
