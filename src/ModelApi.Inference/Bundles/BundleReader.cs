using System.Security.Cryptography;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads a bundle's folder and checks its files before any graph is loaded.</summary>
public sealed class BundleReader(BundleLimits? limits = null)
{
    private static readonly string[] Documents = ["performance.json", "args.json", "reference.json"];

    private readonly BundleLimits _limits = limits ?? new BundleLimits();

    /// <summary>Reads the bundle.</summary>
    /// <param name="folder">The bundle's folder, <c>…/name/version</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BundleException">The bundle has faults; the exception holds all of them.</exception>
    public async Task<Bundle> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var faults = new BundleFaults();
        var source = new BundleFolder(folder, faults);
        var content = await source.ReadAsync(ManifestReader.FileName, _limits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
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

        if (manifest is not null || listed.Count > 0)
        {
            CheckListed(folder, listed, faults);
        }

        var files = await ReadFilesAsync(source, listed, IsGraph, faults, cancellationToken).ConfigureAwait(false);
        var graphs = listed.Keys.Where(IsGraph).Where(file => files.ContainsKey(file) && file != manifest?.Model?.File)
            .Select(file => GraphReader.Read(file, files[file], _limits, faults))
            .OfType<GraphFile>()
            .ToDictionary(graph => graph.File, StringComparer.Ordinal);

        var model = manifest?.Model is { } place && files.TryGetValue(place.File, out var zip)
            ? ModelZipReader.Read(place.File, zip, _limits, faults, cancellationToken)
            : null;
        var performance = BundleDocument.Read("performance.json", files, faults);
        var arguments = BundleDocument.Read("args.json", files, faults);
        var reference = BundleDocument.Read("reference.json", files, faults);
        if (manifest is not null)
        {
            // Before the golden rows, because each of those has a fault where the answer does not fit.
            var wiring = manifest.Model is not null ? ModelAnswer.Connect(manifest)
                : manifest.Graphs.All(graph => graphs.ContainsKey(graph.File))
                    ? GraphWiring.Connect(manifest, [.. manifest.Graphs.Select(graph => graphs[graph.File])], faults)
                    : null;
            manifest = wiring is null ? manifest : manifest with { Signature = wiring.Signature };
            var golden = files.TryGetValue(GoldenRows.FileName, out var rows)
                ? GoldenRows.Read(rows, manifest.Signature, _limits, faults, manifest.Tolerance, cancellationToken)
                : null;
            if (faults.Count == 0)
            {
                return new Bundle
                {
                    Folder = folder,
                    Manifest = manifest,
                    Digest = Convert.ToHexStringLower(SHA256.HashData(content)),
                    Steps = wiring!.Steps,
                    Model = model,
                    Answer = wiring.Answer,
                    Golden = golden!,
                    Performance = performance,
                    Arguments = arguments,
                    Reference = reference,
                };
            }
        }

        throw new BundleException(faults);

        bool IsGraph(string file) => manifest is null
            ? file.EndsWith(".onnx", StringComparison.Ordinal)
            : manifest.Model?.File == file || manifest.Graphs.Any(graph => graph.File == file);
    }

    /// <summary>Whether all files that the manifest lists are there with their digests: nobody is still copying them.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    public async Task<bool> IsCompleteAsync(string folder, CancellationToken cancellationToken)
    {
        var faults = new BundleFaults();
        var source = new BundleFolder(folder, faults);
        var content = await source.ReadAsync(ManifestReader.FileName, _limits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        if (content is not null)
        {
            new ManifestReader(_limits).Read(content, faults, listed);
        }

        foreach (var (file, digest) in listed)
        {
            if (await source.DigestAsync(file, long.MaxValue, cancellationToken).ConfigureAwait(false) != digest)
            {
                return false;
            }
        }

        return listed.Count > 0;
    }

    private static void CheckPlace(string folder, BundleManifest manifest, BundleFaults faults)
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

    private void CheckListed(string folder, Dictionary<string, string> listed, BundleFaults faults)
    {
        try
        {
            var unlisted = Directory.EnumerateFileSystemEntries(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => name is not ManifestReader.FileName && name[0] != '.' && !listed.ContainsKey(name))
                .Take(_limits.MaxFiles)
                .Order(StringComparer.Ordinal);
            foreach (var name in unlisted)
            {
                faults.Add(new BundleFault(name, "", "Not listed in 'files' of model.json: list it or take it out."));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new BundleFault("", "", "The bundle's folder cannot be listed."));
        }
    }

    /// <returns>The content of the graphs, the golden rows and the documents; other files are only compared with their digests.</returns>
    private async Task<Dictionary<string, byte[]>> ReadFilesAsync(
        BundleFolder source,
        Dictionary<string, string> listed,
        Func<string, bool> isGraph,
        BundleFaults faults,
        CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var graphBytes = _limits.MaxFileBytes;
        foreach (var (file, sha256) in listed.Take(_limits.MaxFiles))
        {
            var most = isGraph(file) ? graphBytes
                : file == GoldenRows.FileName ? Math.Min(_limits.MaxGoldenBytes, _limits.MaxFileBytes)
                : Documents.Contains(file) ? _limits.MaxDocumentBytes
                : 0;
            string? digest;
            if (most == 0 && !isGraph(file))
            {
                digest = await source.DigestAsync(file, _limits.MaxFileBytes, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                var content = await source.ReadAsync(file, most, cancellationToken).ConfigureAwait(false);
                digest = content is null ? null : Convert.ToHexStringLower(SHA256.HashData(content));
                graphBytes -= content is not null && isGraph(file) ? content.Length : 0;
                if (content is not null)
                {
                    read[file] = content;
                }
            }

            if (digest is not null && digest != sha256)
            {
                faults.Add(new BundleFault(
                    file,
                    "",
                    $"Its SHA-256 is not the one in {ManifestReader.FileName} ($.files['{file}']): "
                        + "the file was changed or damaged after the bundle was made."));
            }
        }

        return read;
    }
}
