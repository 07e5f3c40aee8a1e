using System.Security.Cryptography;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads a bundle's folder and checks its files before any graph is loaded.</summary>
public sealed class BundleReader(BundleLimits? limits = null)
{
    private readonly BundleLimits _limits = limits ?? new BundleLimits();

    /// <summary>Reads the bundle.</summary>
    /// <param name="folder">The bundle's folder, <c>…/name/version</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BundleException">The bundle has faults; the exception holds all of them.</exception>
    public async Task<Bundle> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var faults = new List<BundleFault>();
        var content = await ReadFileAsync(folder, ManifestReader.FileName, _limits.MaxManifestBytes, faults, cancellationToken)
            .ConfigureAwait(false);
        if (content is null)
        {
            throw new BundleException(faults);
        }

        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        var manifest = new ManifestReader(_limits).Read(content, faults, listed);
        if (manifest is not null)
        {
            CheckPlace(folder, manifest, faults);
        }

        var files = await ReadFilesAsync(folder, listed, faults, cancellationToken).ConfigureAwait(false);
        var graphs = listed.Keys.Where(IsGraph).Where(files.ContainsKey)
            .Select(file => GraphReader.Read(file, files[file], listed.Keys, faults))
            .OfType<GraphFile>()
            .ToDictionary(graph => graph.File, StringComparer.Ordinal);

        var performance = BundleDocument.Read("performance.json", files, _limits, faults);
        var arguments = BundleDocument.Read("args.json", files, _limits, faults);
        var reference = BundleDocument.Read("reference.json", files, _limits, faults);
        if (manifest is not null)
        {
            var golden = files.TryGetValue(GoldenRows.FileName, out var rows)
                ? GoldenRows.Read(rows, manifest.Signature, _limits, faults)
                : null;
            if (manifest.Graphs.All(graph => graphs.ContainsKey(graph.File)))
            {
                var (steps, answer) = GraphWiring.Connect(manifest, [.. manifest.Graphs.Select(graph => graphs[graph.File])], faults);
                if (faults.Count == 0)
                {
                    return new Bundle
                    {
                        Folder = folder,
                        Manifest = manifest,
                        Digest = Convert.ToHexStringLower(SHA256.HashData(content)),
                        Steps = steps,
                        Answer = answer,
                        Golden = golden!,
                        Performance = performance,
                        Arguments = arguments,
                        Reference = reference,
                    };
                }
            }
        }

        throw new BundleException(faults);

        bool IsGraph(string file) => manifest?.Graphs.Any(graph => graph.File == file) ?? file.EndsWith(".onnx", StringComparison.Ordinal);
    }

    private static void CheckPlace(string folder, BundleManifest manifest, List<BundleFault> faults)
    {
        var version = new DirectoryInfo(folder);
        if (!ManifestReader.VersionPattern.IsMatch(version.Name))
        {
            faults.Add(new BundleFault(
                "", "", $"The bundle's folder is called '{version.Name}'; it must be the version, a positive whole number."));
        }
        else if (version.Name != manifest.Version)
        {
            faults.Add(new BundleFault(ManifestReader.FileName, "$.version", $"Must be '{version.Name}', like the bundle's folder."));
        }

        if (version.Parent?.Name != manifest.Name)
        {
            faults.Add(new BundleFault(ManifestReader.FileName, "$.name", $"Must be '{version.Parent?.Name}', like the model's folder."));
        }
    }

    private async Task<Dictionary<string, byte[]>> ReadFilesAsync(
        string folder, Dictionary<string, string> listed, List<BundleFault> faults, CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (file, sha256) in listed)
        {
            var content = await ReadFileAsync(folder, file, _limits.MaxFileBytes, faults, cancellationToken).ConfigureAwait(false);
            if (content is null)
            {
                continue;
            }

            if (Convert.ToHexStringLower(SHA256.HashData(content)) != sha256)
            {
                faults.Add(new BundleFault(
                    file,
                    "",
                    $"Its SHA-256 is not the one in {ManifestReader.FileName} ($.files['{file}']): "
                        + "the file was changed or damaged after the bundle was made."));
            }

            read[file] = content;
        }

        var unlisted = Directory.EnumerateFileSystemEntries(folder)
            .Select(Path.GetFileName)
            .Where(name => name is not (null or ManifestReader.FileName) && name[0] != '.' && !listed.ContainsKey(name))
            .Order(StringComparer.Ordinal)
            .Take(_limits.MaxFiles);
        faults.AddRange(unlisted.Select(name =>
            new BundleFault(name!, "", "Not listed in 'files' of model.json: list it or take it out.")));
        return read;
    }

    private static async Task<byte[]?> ReadFileAsync(
        string folder, string file, long maxBytes, List<BundleFault> faults, CancellationToken cancellationToken)
    {
        var info = new FileInfo(Path.Combine(folder, file));
        if (!info.Exists)
        {
            faults.Add(new BundleFault(file, "", "The file is missing."));
            return null;
        }

        if (info.Length > maxBytes)
        {
            faults.Add(new BundleFault(file, "", $"The file has {info.Length} bytes; at most {maxBytes} are read."));
            return null;
        }

        try
        {
            return await File.ReadAllBytesAsync(info.FullName, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new BundleFault(file, "", $"The file cannot be read: {exception.Message}"));
            return null;
        }
    }
}
