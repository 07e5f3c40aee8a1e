using System.Globalization;
using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A generated model, with rows to score.</summary>
internal sealed record Specimen
{
    public required IReadOnlyList<Feature> Features { get; init; }

    /// <summary>The encoders of the features, side by side.</summary>
    public required IReadOnlyList<EncoderBlock> Blocks { get; init; }

    public required Estimator Estimator { get; init; }

    /// <summary>Whether encoder and estimator are one graph.</summary>
    public required bool OneGraph { get; init; }

    /// <summary>The version of the plain operators.</summary>
    public required int Opset { get; init; }

    /// <summary>A number, a text, or null for a missing text, by row and feature.</summary>
    public required IReadOnlyList<object?[]> Rows { get; init; }

    public Signature Signature => new(Features)
    {
        Task = Estimator.Classes is null ? ModelTask.Regression : ModelTask.Classification,
        Classes = Estimator.Classes,
        UnknownCategory = UnknownCategory.EncodeAsMissing,
    };

    /// <summary>
    /// Whether one version of the <c>ai.onnx.ml</c> operators has all that is used: LabelEncoder 1 is another operator than the later
    /// ones, and the older operators for trees end with version 4.
    /// </summary>
    public static bool FitOneGraph(IReadOnlyList<EncoderBlock> blocks, Estimator estimator) =>
        blocks.All(block => block.MlVersion <= estimator.MlVersion)
        && (estimator.MlVersion == 1 || !blocks.Any(block => block is CategoryBlock { Numbers: not null, Version: 1 }));

    public Bundle ToBundle()
    {
        var inputs = new Dictionary<string, IReadOnlyList<string>>();
        var graphs = new List<byte[]>();
        var writer = new GraphWriter(Opset, Math.Max(Estimator.MlVersion, OneGraph ? Blocks.Max(block => block.MlVersion) : 1));
        string encoded;
        if (OneGraph)
        {
            encoded = Encode(writer, inputs);
        }
        else
        {
            var encoder = new GraphWriter(Opset, Blocks.Max(block => block.MlVersion));
            encoder.Output(Encode(encoder, inputs), "encoded", Estimator.InputType, Blocks.Sum(block => block.Width));
            graphs.Add(encoder.ToBytes());
            encoded = writer.Input("encoded", Estimator.InputType, Blocks.Sum(block => block.Width));
        }

        Estimator.Write(writer, encoded);
        graphs.Add(writer.ToBytes());
        return MemoryBundle.Create(Signature, graphs, inputs);
    }

    /// <param name="signature">The signature of the bundle.</param>
    /// <param name="rows">The rows; all by default.</param>
    public FeatureBatch ToBatch(Signature signature, Range? rows = null)
    {
        var batch = new FeatureBatch(signature);
        foreach (var cells in Rows.Take(rows ?? Range.All))
        {
            var row = batch.AddRow();
            for (var feature = 0; feature < cells.Length; feature++)
            {
                Set(batch, row, feature, cells[feature]);
            }
        }

        return batch;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{Features.Count} features, {Rows.Count} rows, {(OneGraph ? "one graph" : "encoder and model")}, opset {Opset}");
        text.AppendJoin(Environment.NewLine, Blocks.Take(20)).AppendLine();
        text.AppendLine(Estimator.ToString());
        foreach (var row in Rows.Take(5))
        {
            text.AppendJoin(" | ", row.Take(40).Select(Describe)).AppendLine();
        }

        return text.ToString();
    }

    private static string Describe(object? cell) =>
        cell is double number ? number.ToString("R", CultureInfo.InvariantCulture) : $"'{cell}'";

    private static void Set(FeatureBatch batch, int row, int feature, object? cell)
    {
        if (cell is double number)
        {
            batch.SetNumber(row, feature, number);
        }
        else if (cell is string text)
        {
            var code = batch.Signature.Features[feature].Categories?.CodeOf(text) ?? CategoryTable.Unknown;
            if (code == CategoryTable.Unknown)
            {
                batch.SetText(row, feature, text);
            }
            else
            {
                batch.SetCategory(row, feature, code);
            }
        }
    }

    private string Encode(GraphWriter writer, Dictionary<string, IReadOnlyList<string>> inputs)
    {
        var parts = Blocks.Select((block, index) => block.Write(writer, Features, index, inputs, Estimator.InputType)).ToArray();
        return parts.Length == 1 ? parts[0] : writer.Add("Concat", parts, ("axis", 1));
    }
}
