using System.Diagnostics;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles whose files are missing, changed, or no regular files.</summary>
internal static class MalformedFiles
{
    private static readonly string[] Files = ["model.json", "golden.jsonl", "model.onnx", "args.json"];

    public static IEnumerable<MalformedBundle> All()
    {
        foreach (var file in Files)
        {
            yield return Replace(file, "missing", "The file is missing.", _ => { });
            yield return Replace(file, "pipe", "Must be a regular file", MakePipe);
            yield return Replace(file, "folder", "Must be a regular file", path => Directory.CreateDirectory(path));
            yield return Replace(file, "link-to-nothing", "The file is missing.", path => File.CreateSymbolicLink(path, "nothing"));
            yield return Replace(file, "link-to-itself", "The file is missing.", path => File.CreateSymbolicLink(path, path));
            yield return Replace(file, "link-to-passwd", "The file is a link that leads out of the bundle's folder", path =>
                File.CreateSymbolicLink(path, "/etc/passwd"));
            yield return Replace(file, "link-to-zeros", "The file is a link that leads out of the bundle's folder", path =>
                File.CreateSymbolicLink(path, "/dev/zero"));
            yield return Replace(file, "link-to-link-out", "The file is a link that leads out of the bundle's folder", path =>
            {
                var between = Path.Combine(Path.GetDirectoryName(path)!, ".between");
                Directory.CreateSymbolicLink(between, "/etc");
                File.CreateSymbolicLink(path, Path.Combine(".between", "passwd"));
            });
        }

        yield return new("file-changed-model", "model.onnx: Its SHA-256 is not the one", bundle => Flip(bundle.PathOf("model.onnx")));
        yield return new("file-changed-args", "args.json: Its SHA-256 is not the one", bundle =>
            File.AppendAllText(bundle.PathOf("args.json"), " "));
        yield return new("file-changed-golden", "golden.jsonl: Its SHA-256 is not the one", bundle =>
            File.AppendAllText(bundle.PathOf("golden.jsonl"), "\n"));
        yield return new("file-unlisted", "notes.txt: Not listed", bundle => File.WriteAllText(bundle.PathOf("notes.txt"), ""));
        yield return new("file-unlisted-1000", "Not listed", bundle =>
        {
            for (var i = 0; i < 1000; i++)
            {
                File.WriteAllText(bundle.PathOf($"notes{i}.txt"), "");
            }
        });
        yield return new("file-unlisted-terabyte", "Its SHA-256 is not the one", bundle =>
        {
            bundle.Write("notes.bin", "");
            Grow(bundle.PathOf("notes.bin"), 100_000_000);
        });
        yield return new("file-terabyte-graph", "bytes; at most", bundle => Grow(bundle.PathOf("model.onnx"), 1L << 40));
        yield return new("file-terabyte-golden", "bytes; at most", bundle => Grow(bundle.PathOf("golden.jsonl"), 1L << 40));
        yield return new("file-terabyte-manifest", "bytes; at most", bundle => Grow(bundle.PathOf("model.json"), 1L << 40));
    }

    private static MalformedBundle Replace(string file, string name, string fault, Action<string> replace) =>
        new($"file-{file.Replace('.', '-')}-{name}", $"{file}: {fault}", bundle =>
        {
            File.Delete(bundle.PathOf(file));
            replace(bundle.PathOf(file));
        });

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"mkfifo exited with {process.ExitCode}.");
        }
    }

    private static void Flip(string path)
    {
        var content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        File.WriteAllBytes(path, content);
    }

    // The file takes no space on the disk.
    private static void Grow(string path, long length)
    {
        using var stream = File.OpenWrite(path);
        stream.SetLength(length);
    }
}
