using System.Collections.Concurrent;
using ArchUnitNET.Loader;
using ModelApi.Inference.Tests.Fixtures;
using LoadedArchitecture = ArchUnitNET.Domain.Architecture;

namespace ModelApi.Architecture.Tests;

/// <summary>An assembly whose architecture is tested.</summary>
public enum SourceAssembly
{
    /// <summary>The inference core.</summary>
    Inference,

    /// <summary>The host.</summary>
    Host,

    /// <summary>The command line.</summary>
    Cli,
}

internal static class SourceAssemblies
{
    private static readonly ConcurrentDictionary<SourceAssembly, LoadedArchitecture> Loaded = [];

    /// <summary>The namespace that all others of the assembly are below.</summary>
    public static string Root(this SourceAssembly assembly) => assembly switch
    {
        SourceAssembly.Inference => "ModelApi.Inference",
        SourceAssembly.Host => "ModelApi",
        _ => "ModelApi.Cli",
    };

    public static LoadedArchitecture Load(this SourceAssembly assembly) => Loaded.GetOrAdd(assembly, static assembly =>
    {
        // By path: .NET cannot tell the names of the host and of the command line, ModelApi and modelapi, from each other.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var folder = Path.Combine(Repository.Root, "src", assembly.Root(), "bin", configuration, "net10.0");
        return new ArchLoader()
            .LoadFilteredDirectory(folder, assembly == SourceAssembly.Cli ? "modelapi.dll" : $"{assembly.Root()}.dll")
            .Build();
    });
}
