using System.Diagnostics;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>Runs a program that the server generated in the way that the program's first lines describe.</summary>
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

    /// <summary>The tools that a program in this language needs.</summary>
    public static string[] Tools(string language) => language switch
    {
        "curl" => ["sh", "curl"],
        "python" => ["python3"],
        "javascript" => ["node"],
        "typescript" => ["node", Tool.NpmPackages],
        "java" => ["java"],
        "scala" => ["scalac"],
        "csharp" => ["dotnet"],
        "go" => ["go"],
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "What does it need?"),
    };

    /// <returns>The exit code, and standard output followed by standard error.</returns>
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

            // Programs must compile even where the compiler assumes the machine's encoding and that is ASCII.
            start.Environment["LC_ALL"] = "C";
            start.Environment.Remove("JAVA_TOOL_OPTIONS");
            return Tool.RunAsync(start);
        }
    }
}
