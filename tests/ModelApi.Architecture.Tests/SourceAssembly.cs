using System.Collections.Concurrent;
using System.Reflection;
using ArchUnitNET.Loader;
using LoadedArchitecture = ArchUnitNET.Domain.Architecture;

namespace ModelApi.Architecture.Tests;

/// <summary>An assembly whose architecture is tested.</summary>
public enum SourceAssembly
{
    /// <summary>The inference core.</summary>
    Inference,

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
        _ => "ModelApi.Cli",
    };

    public static LoadedArchitecture Load(this SourceAssembly assembly) => Loaded.GetOrAdd(assembly, static assembly =>
        new ArchLoader().LoadAssemblies(Assembly.Load(assembly == SourceAssembly.Cli ? "modelapi" : assembly.Root())).Build());
}
