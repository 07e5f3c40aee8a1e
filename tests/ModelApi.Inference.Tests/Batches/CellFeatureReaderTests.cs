using System.Text;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Batches;

public sealed class CellFeatureReaderTests
{
    private static readonly Feature[] Features =
    [
        new() { Name = "age", Type = FeatureType.Integer, Minimum = 18, Maximum = 95, Example = 41 },
        new() { Name = "income", Type = FeatureType.Number, Nullable = true, Minimum = 0, Example = 1.5 },
        new()
        {
            Name = "marital",
            Type = FeatureType.String,
            Categories = new CategoryTable(["divorced", "married", "single", "été", "NA"]),
            Example = "single",
        },
        new() { Name = "housing", Type = FeatureType.Boolean, Example = true },
        new() { Name = "note", Type = FeatureType.String, Nullable = true, MinimumLength = 2, Example = "ab" },
        new() { Name = "text", Type = FeatureType.String, MinimumLength = 1, Example = "ab" },
        new() { Name = "plain", Type = FeatureType.String, Example = "" },
        new() { Name = "blank", Type = FeatureType.String, Categories = new CategoryTable(["", "x"]), Example = "x" },
        new() { Name = "agreed", Type = FeatureType.Boolean, Nullable = true, Example = true },
    ];

    /// <summary>Texts that are the same in a cell and in JSON, for numbers and booleans as they are, for strings in quotes.</summary>
    public static TheoryData<string, string> Values()
    {
        string[] numbers =
        [
            "41", "-0", "0", "41.0", "4.1e1", "41E0", "0.5", "1.5", "-1.5e-3", "1e-400", "1e400", "-1e400",
            "1e39", "-1e39", "3.4028234e38", "3.5e38",
            "9007199254740992", "-9007199254740992", "9007199254740993", "9007199254740994",
            "123456789012345", "1234567890123456", "99999999999999999999", "0.1", "17", "96",
            "2.2250738585072014e-308", "1.7976931348623157e308", "16777217", "0.30000000000000004", "true", "abc",
        ];
        string[] texts =
        [
            "married", "maried", "MARRIED", "été", "NA", "x", "", "a", "ab", " ab ", "𝄞", "\"", "a,b", "a\nb", "41",
            new string('é', 300),
        ];
        var values = new TheoryData<string, string>();
        foreach (var number in numbers)
        {
            values.Add("age", number);
            values.Add("income", number);
        }

        foreach (var boolean in new[] { "true", "false", "1", "0" })
        {
            values.Add("housing", boolean);
            values.Add("agreed", boolean);
        }

        foreach (var text in texts)
        {
            values.Add("text", text);
            values.Add("plain", text);
            values.Add("blank", text);
            if (text.Length > 0)
            {
                // Here an empty cell is a missing value, which JSON can tell from an empty text.
                values.Add("marital", text);
                values.Add("note", text);
            }
        }

        return values;
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_cell_is_accepted_or_refused_as_the_same_value_in_JSON(string feature, string value)
    {
        foreach (var policy in Enum.GetValues<UnknownCategory>())
        {
            var index = Array.FindIndex(Features, candidate => candidate.Name == feature);
            var signature = new Signature([Features[index]]) { UnknownCategory = policy };
            var isText = Features[index].Type == FeatureType.String;
            var isJson = isText || value != "abc";

            var (cellBatch, cell) = ReadCell(signature, value);
            var (jsonBatch, json) = ReadJson(signature, isText || !isJson ? JsonSerializer.Serialize(value) : value);

            if (isText
                || json.Errors.All(error =>
                    !error.Message.Contains(", not a ", StringComparison.Ordinal)
                    || error.Message.Contains("fraction", StringComparison.Ordinal)))
            {
                Assert.Equal(json.Errors, cell.Errors);
            }
            else
            {
                // JSON's types have names that text has not: both refuse, in like words.
                Assert.Equal(Opening(json), Opening(cell));
            }

            Assert.Equal(json.Warnings, cell.Warnings);
            if (json.Errors.Count == 0)
            {
                AssertSame(jsonBatch, cellBatch, isText);
            }
        }
    }

    [Theory]
    [InlineData("age", false)]
    [InlineData("income", true)]
    [InlineData("marital", false)]
    [InlineData("housing", false)]
    [InlineData("note", true)]
    [InlineData("agreed", true)]
    public void An_empty_cell_is_to_a_feature_what_leaving_it_out_is_in_JSON(string feature, bool accepted)
    {
        var signature = new Signature([Features.Single(candidate => candidate.Name == feature)]);

        var (cellBatch, cell) = ReadCell(signature, "");
        var (jsonBatch, json) = ReadJson(signature, null);

        Assert.Equal(json.Errors, cell.Errors);
        Assert.Equal(accepted, cell.Errors.Count == 0);
        if (accepted)
        {
            AssertSame(jsonBatch, cellBatch, signature.Features[0].Type == FeatureType.String);
        }
    }

    [Fact]
    public void The_texts_that_pandas_reads_as_NaN_are_missing_numbers_and_booleans_but_texts_in_a_column_of_texts()
    {
        Assert.All(CellFeatureReader.MissingMarkers.Append(" NaN\t").Append("  "), marker =>
        {
            var (income, incomeFindings) = ReadCell(new Signature([Features[1]]), marker);
            var (_, age) = ReadCell(new Signature([Features[0]]), marker);
            var (_, agreed) = ReadCell(new Signature([Features[8]]), marker);
            var (plain, plainFindings) = ReadCell(new Signature([Features[6]]), marker);

            Assert.Empty(incomeFindings.Errors.Concat(agreed.Errors).Concat(plainFindings.Errors));
            Assert.True(double.IsNaN(income.Numbers(0)[0]));
            Assert.Equal("Missing; must be an integer.", Assert.Single(age.Errors).Message);
            Assert.Equal(marker, plain.Texts(0)[0]);
        });
        var (category, findings) = ReadCell(new Signature([Features[2]]), "NA");
        Assert.Empty(findings.Errors);
        Assert.Equal(4, category.Codes(0)[0]);
    }

    [Theory]
    [InlineData("age", " 41 ", 41.0)]
    [InlineData("age", "+41", 41.0)]
    [InlineData("age", "041", 41.0)]
    [InlineData("age", "41.", 41.0)]
    [InlineData("income", ".5", 0.5)]
    [InlineData("housing", "TRUE", 1.0)]
    [InlineData("housing", " False ", 0.0)]
    public void What_pandas_writes_or_reads_though_JSON_does_not_is_read(string feature, string cell, double value)
    {
        var (batch, findings) = ReadCell(new Signature([Features.Single(candidate => candidate.Name == feature)]), cell);

        Assert.Empty(findings.Errors);
        Assert.Equal(value, batch.Numbers(0)[0]);
    }

    [Theory]
    [InlineData("age", "forty", "Must be an integer, not text.")]
    [InlineData("income", "1,5", "Must be a number or an empty cell; write the decimal point as '.', not ','.")]
    [InlineData("income", "1.000,5", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "-inf", "Must be a number or an empty cell, not infinite.")]
    [InlineData("income", "Infinity", "Must be a number or an empty cell, not infinite.")]
    [InlineData("income", "∞", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "0x10", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "1 000", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "1\0", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "-", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "1e", "Must be a number or an empty cell, not text.")]
    [InlineData("income", "--1", "Must be a number or an empty cell, not text.")]
    [InlineData("housing", "yes", "Must be true or false, not text.")]
    [InlineData("agreed", "1", "Must be true, false or an empty cell, not a number.")]
    public void What_is_no_value_is_refused(string feature, string cell, string message)
    {
        var (_, findings) = ReadCell(new Signature([Features.Single(candidate => candidate.Name == feature)]), cell);

        Assert.Equal(new Finding(0, feature, message), Assert.Single(findings.Errors));
    }

    [Fact]
    public void Cells_of_numbers_and_known_categories_are_read_without_an_allocation()
    {
        var signature = new Signature(Features[..4]);
        var reader = new CellFeatureReader(signature);
        var batch = new FeatureBatch(signature, capacity: 1001);
        var findings = new Findings();
        Read();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var row = 0; row < 1000; row++)
        {
            Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(findings.Errors);

        void Read()
        {
            var row = batch.AddRow();
            reader.Read("41"u8, batch, row, 0, 0, findings);
            reader.Read("2.5"u8, batch, row, 0, 1, findings);
            reader.Read("married"u8, batch, row, 0, 2, findings);
            reader.Read("true"u8, batch, row, 0, 3, findings);
        }
    }

    private static void AssertSame(FeatureBatch expected, FeatureBatch actual, bool isText)
    {
        if (isText)
        {
            Assert.Equal((expected.Texts(0)[0], expected.Codes(0)[0]), (actual.Texts(0)[0], actual.Codes(0)[0]));
        }
        else
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Numbers(0)[0]), BitConverter.DoubleToInt64Bits(actual.Numbers(0)[0]));
        }
    }

    private static string Opening(Findings findings) =>
        Assert.Single(findings.Errors).Message.Split(", not")[0].Replace("null", "an empty cell", StringComparison.Ordinal);

    private static (FeatureBatch Batch, Findings Findings) ReadCell(Signature signature, string cell)
    {
        var batch = new FeatureBatch(signature);
        var findings = new Findings();
        new CellFeatureReader(signature).Read(Encoding.UTF8.GetBytes(cell), batch, batch.AddRow(), 0, 0, findings);
        return (batch, findings);
    }

    private static (FeatureBatch Batch, Findings Findings) ReadJson(Signature signature, string? value)
    {
        var batch = new FeatureBatch(signature);
        var findings = new Findings();
        var json = value is null ? "{}" : $"{{{JsonSerializer.Serialize(signature.Features[0].Name)}:{value}}}";
        new JsonFeatureReader(signature, new ReadLimits()).Read(Encoding.UTF8.GetBytes(json), batch, findings);
        return (batch, findings);
    }
}
