using ModelApi.Inference.Bundles;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class BundleFolderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [LinuxFact]
    public async Task A_bundle_in_a_volume_of_Kubernetes_is_read()
    {
        // Each file is a link to ..data/file, and ..data is a link to a folder beside it.
        var bundle = _models.AddBank();
        var data = Directory.CreateDirectory(Path.Combine(bundle.Folder, "..2026_11_24")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(bundle.Folder, "..data"), "..2026_11_24");
        foreach (var file in Directory.GetFiles(bundle.Folder))
        {
            var name = Path.GetFileName(file);
            File.Move(file, Path.Combine(data, name));
            File.CreateSymbolicLink(file, Path.Combine("..data", name));
        }

        var read = await new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None);

        Assert.Equal(200, read.Golden.Features.Rows);
    }

    [LinuxFact]
    public async Task The_folders_of_a_model_and_of_all_models_may_be_links()
    {
        _models.AddBank();
        var root = Path.Combine(_models.Root, ".links");
        Directory.CreateSymbolicLink(root, ".");
        Directory.Move(Path.Combine(_models.Root, "bank"), Path.Combine(_models.Root, ".bank"));
        Directory.CreateSymbolicLink(Path.Combine(_models.Root, "bank"), ".bank");

        var read = await new BundleReader().ReadAsync(Path.Combine(root, "bank", "1"), CancellationToken.None);

        Assert.Equal("bank", read.Manifest.Name);
    }
}
