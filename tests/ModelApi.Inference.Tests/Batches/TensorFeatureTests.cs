using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Batches;

public sealed class TensorFeatureTests
{
    private static readonly Feature Tensor = new()
    {
        Name = "x",
        Type = FeatureType.Tensor,
        Shape = [2, 3],
        Elements = 6,
        Minimum = 0,
        Maximum = 9,
        Example = null,
    };

    private static readonly Signature Signature = new(
        [new() { Name = "age", Type = FeatureType.Integer, Example = 1 }, Tensor, Tensor with { Name = "y", Shape = [2], Elements = 2 }]);

    [Fact]
    public void Nested_arrays_become_the_numbers_in_their_order()
    {
        var batch = new FeatureBatch(Signature);

        var findings = Read(batch, """
            [{"age": 1, "x": [[1, 2.5, 3], [4e0, 5, 6]], "y": [7, 8]}, {"y": [1, 2], "x": [[0, 0, 0], [0, 0, 9]], "age": 2}]
            """);

        Assert.Empty(findings.Errors);
        Assert.Empty(findings.Warnings);
        Assert.Equal([1, 2.5, 3, 4, 5, 6], batch.Tensor(0, 1).ToArray());
        Assert.Equal([7, 8], batch.Tensor(0, 2).ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 9], batch.Tensor(1, 1).ToArray());
        var copy = new FeatureBatch(Signature);
        batch.CopyRowTo(copy, 1);
        Assert.Equal(batch.Tensor(1, 1).ToArray(), copy.Tensor(0, 1).ToArray());
    }

    [Theory]
    [InlineData("7", "not a number")]
    [InlineData("null", "not null")]
    [InlineData("[1, 2, 3]", "Item [0] must be an array, not a number.")]
    [InlineData("[[1, 2, 3]]", "The tensor holds 1 of 2 items.")]
    [InlineData("[[1, 2], [3, 4]]", "Item [0] holds 2 of 3 items.")]
    [InlineData("[[1, 2, 3], [3, 4, 5, 6]]", "Item [1] holds more than 3 items.")]
    [InlineData("[[1, 2, 3], [3, 4, 5], []]", "The tensor holds more than 2 items.")]
    [InlineData("[[1, 2, 3], [3, 4, \"5\"]]", "Item [1][2] must be a number, not a string.")]
    [InlineData("[[1, 2, 3], [3, 4, null]]", "Item [1][2] must be a number, not null.")]
    [InlineData("[[1, 2, 3], [3, [[4]], 5]]", "Item [1][1] must be a number, not an array.")]
    [InlineData("[[1, 2, 3], {\"a\": [1]}]", "Item [1] must be an array, not an object.")]
    [InlineData("[[1, 2, 3], [3, 4, 1e300]]", "Item [1][2] is out of range; must be within ±3.4e38, the range of a 32-bit float.")]
    public void A_tensor_of_another_shape_is_refused_with_the_place(string tensor, string message)
    {
        var batch = new FeatureBatch(Signature);

        var findings = Read(batch, $$"""
            [{"age": 1, "x": {{tensor}}, "y": [7, 8]}, {"age": 1, "x": [[1, 2, 3], [4, 5, 6]], "y": [7, 8]}]
            """);

        var error = Assert.Single(findings.Errors);
        Assert.Equal((0, "x"), (error.Row, error.Feature));
        Assert.StartsWith("Must be an array of numbers of shape [2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, batch.Rows);
    }

    [Fact]
    public void A_number_beyond_the_training_data_is_a_warning()
    {
        var findings = Read(new FeatureBatch(Signature), """{"age": 1, "x": [[1, 2, 3], [4, 5, 10]], "y": [-1, 8]}""");

        Assert.Equal(
            ["Holds 10, above 9, the largest value seen in training.", "Holds -1, below 0, the smallest value seen in training."],
            findings.Warnings.Select(warning => warning.Message));
    }

    [Theory]
    [InlineData("[[1,2,3],[4,5,6]]", null)]
    [InlineData(" [ [1 , 2.5, -3e0] ,[4,5,6] ] ", null)]
    [InlineData("", "as JSON")]
    [InlineData("1", "as JSON")]
    [InlineData("[[1,2,3],[4,5]]", "Item [1] holds 2 of 3 items.")]
    [InlineData("[[1,2,3],[4,5,6]", "not JSON")]
    [InlineData("[[1,2,3],[4,5,6]] x", "Something follows")]
    [InlineData("[[1,2,3][4,5,6]]", "not JSON")]
    [InlineData("[[1,2,,3],[4,5,6]]", "Item [0][2] must be a number, not text.")]
    [InlineData("[[1,2,\"a\"],[4,5,6]]", "Item [0][2] must be a number, not text.")]
    [InlineData("[[[[[[[[[[[[1", "must be a number, not an array")]
    [InlineData("[[1,2,NaN],[4,5,6]]", "must be a number, not text")]
    public void A_cell_holds_a_tensor_as_json(string cell, string? fault)
    {
        var batch = new FeatureBatch(Signature);
        var findings = new Findings();
        batch.AddRow();

        new CellFeatureReader(Signature).Read(Encoding.UTF8.GetBytes(cell), batch, 0, 0, 1, findings);

        Assert.Equal(fault is null ? 0 : 1, findings.Errors.Count);
        Assert.All(findings.Errors, error => Assert.Contains(fault!, error.Message, StringComparison.Ordinal));
        Assert.Equal(fault is null ? [4.0, 5, 6] : [], fault is null ? batch.Tensor(0, 1)[3..].ToArray() : []);
    }

    [Theory]
    [InlineData("""{"job": null, "age": 1}""")]
    [InlineData("""{"age": 1}""")]
    public void Null_means_the_category_that_the_trainer_has_for_it(string row)
    {
        var signature = new Signature(
        [
            new() { Name = "age", Type = FeatureType.Integer, Example = 1 },
            new()
            {
                Name = "job", Type = FeatureType.String, Nullable = true, Categories = new CategoryTable(["clerk", "nan"]),
                MissingCategory = "nan", Example = "clerk",
            },
        ]);
        var batch = new FeatureBatch(signature);

        new JsonFeatureReader(signature, new ReadLimits()).Read(Encoding.UTF8.GetBytes(row), batch, new Findings());

        Assert.Equal("nan", batch.Texts(1)[0]);
        Assert.Equal(1, batch.Codes(1)[0]);
    }

    private static Findings Read(FeatureBatch batch, string json)
    {
        var findings = new Findings();
        new JsonFeatureReader(Signature, new ReadLimits()).Read(Encoding.UTF8.GetBytes(json), batch, findings);
        return findings;
    }
}
