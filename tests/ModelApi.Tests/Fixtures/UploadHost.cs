using System.Formats.Tar;
using System.IO.Compression;

namespace ModelApi.Tests.Fixtures;

/// <summary>A host with a data folder of its own and no model, and bundles to upload to it.</summary>
internal sealed class UploadHost : IDisposable
{
    private static readonly string[] Folders = ["incoming", "bundles", "unpacked"];

    private readonly StoreHost _store;
    private readonly TemporaryModels _bundles = new();

    public UploadHost(params (string Name, string Value)[] settings) => _store = new StoreHost(settings);

    public StoreHost Store => _store;

    public HttpClient Client => _store.Client;

    /// <summary>A bundle of a model that is quick to load.</summary>
    public TemporaryBundle Bundle(string name = "cancer", string version = "1") =>
        TemporaryBundle.Copy(Path.Combine(Repository.Models, "breast-cancer", "1"), _bundles.Root, name, version);

    /// <summary>Bytes of a zip of a folder.</summary>
    public static byte[] Zip(string folder)
    {
        using var stream = new MemoryStream();
        ZipFile.CreateFromDirectory(folder, stream, CompressionLevel.Fastest, includeBaseDirectory: false);
        return stream.ToArray();
    }

    /// <summary>Bytes of a tar.gz of a folder.</summary>
    public static byte[] Tar(string folder)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            TarFile.CreateFromDirectory(folder, gzip, includeBaseDirectory: false);
        }

        return stream.ToArray();
    }

    public Task<HttpResponseMessage> PutAsync(string address, byte[] archive, params (string Name, string Value)[] headers) =>
        PutAsync(address, new ByteArrayContent(archive), headers);

    public async Task<HttpResponseMessage> PutAsync(string address, HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        foreach (var (name, value) in headers)
        {
            content.Headers.Remove(name);
            Assert.True(content.Headers.TryAddWithoutValidation(name, value), name);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>What uploads have left in the data folder: archives in progress, archives that are kept, and unpacked bundles.</summary>
    public IEnumerable<string> Left => Folders
        .Select(folder => Path.Combine(_store.Data, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file) != ".lock")
        .Select(file => Path.GetRelativePath(_store.Data, file));

    public void Dispose()
    {
        _store.Dispose();
        _bundles.Dispose();
    }
}
