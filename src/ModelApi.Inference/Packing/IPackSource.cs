using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>What a trainer handed over, of which <see cref="BundlePacker"/> makes a bundle.</summary>
internal interface IPackSource
{
    /// <summary>By feature, what it feeds; after the files were written.</summary>
    IReadOnlyDictionary<string, string> Inputs { get; }

    /// <summary>Sentences about what was found, left out or should be better; after the files were written.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Whether the model has run in a process of its own, where that was asked for; after the files were written.</summary>
    bool IsProved { get; }

    /// <summary>Writes the files of a version, with golden rows, into an empty folder.</summary>
    /// <returns>The manifest without digests.</returns>
    Task<JsonObject> WriteFilesAsync(string version, string folder, CancellationToken cancellationToken);

    /// <summary>Widens the tolerance of a model that is known to round more than others.</summary>
    /// <returns>Whether it is such a model.</returns>
    bool WidenTolerance(JsonObject manifest);
}
