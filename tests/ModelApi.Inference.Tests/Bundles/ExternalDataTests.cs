using ModelApi.Inference.Bundles;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../secret.bin")]
    [InlineData("weights.bin")]
    [InlineData("")]
    public async Task Data_in_another_file_is_refused(string location)
    {
        var bundle = _models.AddBank();
        bundle.Write("weights.bin", new byte[3 * sizeof(float)]);
        bundle.Write("encoder.onnx", Onnx.WithExternalData(File.ReadAllBytes(bundle.PathOf("encoder.onnx")), location));

        await AssertRefusedAsync(bundle);
    }

    [Fact]
    public async Task Data_of_a_nested_graph_in_another_file_is_refused()
    {
        var bundle = _models.AddBank();
        bundle.Write("encoder.onnx", Onnx.WithNestedExternalData(File.ReadAllBytes(bundle.PathOf("encoder.onnx")), "../weights.bin"));

        await AssertRefusedAsync(bundle);
    }

    private static async Task AssertRefusedAsync(TemporaryBundle bundle)
    {
        var exception = await Assert.ThrowsAsync<BundleException>(
            () => new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None));
        Assert.Contains(exception.Faults, fault =>
            fault is { File: "encoder.onnx", Path: "tensor 'outside'" }
            && fault.Message.Contains("lie in another file", StringComparison.Ordinal));
    }
}
