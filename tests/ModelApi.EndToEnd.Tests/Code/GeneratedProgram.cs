using System.Diagnostics;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>Runs a program that the server wrote, as its first lines say.</summary>
internal static class GeneratedProgram
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
          </PropertyGroup>
        </Project>
        """;

    /// <summary>What a language needs that not every machine has, or null.</summary>
    public static string? Missing(string language) => language switch
    {
        "java" when !Tool.IsInstalled("javac") => "no JDK is installed (Debian: default-jdk-headless)",
        "scala" when !Tool.IsInstalled("scalac") => "no Scala compiler is installed (Debian: scala)",
        "go" when !Tool.IsInstalled("go") => "no Go compiler is installed (Debian: golang-go)",
        _ => null,
    };

    /// <returns>The exit code, and what was written to standard output and then to standard error.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string language, string source, string? key)
    {
        var folder = Directory.CreateTempSubdirectory("modelapi-code-").FullName;
        try
        {
            return await RunAsync(language, source, key, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string language, string source, string? key, string folder)
    {
        switch (language)
        {
            case "curl":
                return await RunFileAsync("predict.sh", "sh");

            case "python":
                return await RunFileAsync("predict.py", "python3");

            case "javascript":
                return await RunFileAsync("predict.js", "node");

            case "typescript":
                await WriteAsync("predict.ts");
                var compiler = Path.Combine(Tool.Folder, "node_modules", "typescript", "bin", "tsc");
                var tsc = await ExecuteAsync("node", compiler, "--strict", "--target", "es2022", "--module", "commonjs", "predict.ts");
                return tsc.ExitCode == 0 ? await ExecuteAsync("node", "predict.js") : tsc;

            case "java":
                return await RunFileAsync("Predict.java", "java");

            case "scala":
                await WriteAsync("Predict.scala");
                var scalac = await ExecuteAsync("scalac", "-Xfatal-warnings", "Predict.scala");
                return scalac.ExitCode == 0 ? await ExecuteAsync("scala", "-cp", ".", "Predict") : scalac;

            case "csharp":
                await WriteAsync("Program.cs");
                await File.WriteAllTextAsync(Path.Combine(folder, "predict.csproj"), Project);
                return await ExecuteAsync("dotnet", "run", "--project", "predict.csproj");

            case "go":
                return await RunFileAsync("predict.go", "go", "run");

            default:
                throw new ArgumentOutOfRangeException(nameof(language), language, "How is it run?");
        }

        Task WriteAsync(string file) => File.WriteAllTextAsync(Path.Combine(folder, file), source);

        async Task<(int ExitCode, string Output)> RunFileAsync(string file, string program, params string[] arguments)
        {
            await WriteAsync(file);
            return await ExecuteAsync(program, [.. arguments, file]);
        }

        Task<(int ExitCode, string Output)> ExecuteAsync(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
            start.Environment["MODELAPI_KEY"] = key;
            start.Environment["NO_PROXY"] = "*";

            // A compiler that takes sources to be in the machine's encoding must do with the poorest one.
            start.Environment["LC_ALL"] = "C";
            start.Environment.Remove("JAVA_TOOL_OPTIONS");
            return Tool.RunAsync(start);
        }
    }
}
