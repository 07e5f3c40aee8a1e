using System.Reflection;

namespace ModelApi.Inference.Isolation;

/// <summary>How to start a program as a process.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The arguments before the program's own.</param>
public sealed record ChildProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The program that an assembly with an entry point makes, as this process was started where that is known.</summary>
    /// <param name="assembly">The program's main assembly; another program may have loaded it, such as a test host.</param>
    public static ChildProgram Of(Assembly assembly)
    {
        var process = Environment.ProcessPath ?? "dotnet";
#pragma warning disable IL3000 // Empty in a single file, which is the case that this asks for.
        var location = assembly.Location;
#pragma warning restore IL3000
        var started = Path.GetFileNameWithoutExtension(process);
        if (location.Length == 0 || started == assembly.GetName().Name)
        {
            return new ChildProgram(process, []);
        }

        return new ChildProgram(started == "dotnet" ? process : "dotnet", [location]);
    }
}
