using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ModelApi.EndToEnd.Tests;

/// <summary>Outputs hold the native libraries of one platform; those of all platforms would add 200 MB to each.</summary>
public sealed class OutputTests
{
    private const long Megabyte = 1_000_000;

    private static readonly string[] RuntimeIdentifiers = ["linux-", "win-", "osx-"];

    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public void The_output_of_the_server_holds_the_native_library_of_this_platform_alone()
    {
        var files = FilesOf(Path.Combine(Repository.Root, "src", "ModelApi", "bin", Configuration, "net10.0"));

        var native = files.Where(file => Path.GetFileName(file.Path) is "libonnxruntime.so" or "onnxruntime.dll" or "libonnxruntime.dylib");
        Assert.Equal(RuntimeInformation.RuntimeIdentifier, Assert.Single(native).Path.Split(Path.DirectorySeparatorChar)[1]);
        Assert.InRange(files.Sum(file => file.Length), 1, 60 * Megabyte);
    }

    [Fact]
    public async Task A_build_for_Linux_adds_no_library_of_Windows()
    {
        var project = Path.Combine(Repository.Root, "src", "ModelApi.Inference", "ModelApi.Inference.csproj");
        using var query = Process.Start(new ProcessStartInfo(
            "dotnet", ["msbuild", project, "-getItem:None", "-p:RuntimeIdentifier=linux-x64", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;

        var items = await query.StandardOutput.ReadToEndAsync();
        await query.WaitForExitAsync();

        Assert.Equal(0, query.ExitCode);
        Assert.Contains("packages.lock.json", items, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime.dll", items, StringComparison.Ordinal);
    }

    [Fact]
    public void The_outputs_of_all_tests_stay_below_400_MB()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "tests"))
            .Select(project => Path.Combine(project, "bin", Configuration, "net10.0"))
            .Where(Directory.Exists)
            .ToList();

        Assert.Contains(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), folders);
        Assert.InRange(folders.Sum(folder => FilesOf(folder).Sum(file => file.Length)), 1, 400 * Megabyte);
    }

    /// <summary>The files of a build, without the folders of builds for one runtime identifier, which -r puts below it.</summary>
    private static List<(string Path, long Length)> FilesOf(string output) =>
        [.. new DirectoryInfo(output).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(output, file.FullName), file.Length))
            .Where(file => !IsOfRuntimeIdentifier(file.Item1.Split(Path.DirectorySeparatorChar)[0]))];

    private static bool IsOfRuntimeIdentifier(string folder) =>
        folder is "publish" || RuntimeIdentifiers.Any(prefix => folder.StartsWith(prefix, StringComparison.Ordinal));
}
