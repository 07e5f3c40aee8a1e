using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks.Models;

/// <summary>The repository that this was built in, and what may lie beside it.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    /// <summary>The folder of a model that ships.</summary>
    public static string BundleOf(string model) => Path.Combine(Root, "models", model, "1");

    /// <summary>Encoder and model in one graph as the trainer exported them, or null where only the bundle is there.</summary>
    public static string? PipelineOf(string model) => Existing(Path.Combine(Root, "..", "shared", "artifacts", model, "pipeline.onnx"));

    /// <summary>The project of the server, its content root when it runs from the repository.</summary>
    public static string Server => Path.Combine(Root, "src", "ModelApi");

    /// <summary>The scripts that run scikit-learn.</summary>
    public static string Script(string name) => Path.Combine(Root, "bench", "sklearn", name);

    private static string? Existing(string file) => File.Exists(file) ? Path.GetFullPath(file) : null;

    // MODELAPI_REPOSITORY is set by the scripts, which run a published copy from elsewhere.
    private static string Find()
    {
        var folder = new DirectoryInfo(Environment.GetEnvironmentVariable("MODELAPI_REPOSITORY") ?? AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ModelApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new MeasuringException(
            "ModelApi.sln was not found above the program; set MODELAPI_REPOSITORY to the repository's folder.");
    }
}
