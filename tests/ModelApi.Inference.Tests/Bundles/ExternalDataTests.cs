using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../secret.bin")]
    [InlineData("./weights.bin")]
    [InlineData("unlisted.bin")]
    [InlineData("")]
    public async Task Data_outside_of_the_listed_files_is_refused(string location)
    {
        var bundle = _models.AddBank();
        bundle.Write("encoder.onnx", Onnx.WithExternalData(File.ReadAllBytes(bundle.PathOf("encoder.onnx")), location));

        await AssertRefusedAsync(bundle, location);
    }

    [Fact]
    public async Task Data_of_a_nested_graph_is_refused_as_well()
    {
        var bundle = _models.AddBank();
        bundle.Write("encoder.onnx", Onnx.WithNestedExternalData(File.ReadAllBytes(bundle.PathOf("encoder.onnx")), "../weights.bin"));

        await AssertRefusedAsync(bundle, "../weights.bin");
    }

    [Fact]
    public async Task Data_in_a_listed_file_is_loaded()
    {
        var bundle = _models.AddBank();
        bundle.Write("weights.bin", new byte[3 * sizeof(float)]);
        bundle.Write("encoder.onnx", Onnx.WithExternalData(File.ReadAllBytes(bundle.PathOf("encoder.onnx")), "weights.bin"));

        var read = await new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(read);

        Assert.Equal(200, GoldenCheck.Run(scorer, read.Golden).Rows);
    }

    private static async Task AssertRefusedAsync(TemporaryBundle bundle, string location)
    {
        var exception = await Assert.ThrowsAsync<BundleException>(
            () => new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None));
        Assert.Contains(exception.Faults, fault =>
            fault is { File: "encoder.onnx", Path: "tensor 'outside'" }
            && fault.Message.Contains($"'{location}', which is not a file of this bundle", StringComparison.Ordinal));
    }
}
