using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Tests.Fixtures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Packing;

/// <summary>Packs graphs in a folder of its own.</summary>
internal sealed class Packing : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("modelapi-pack-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A graph that adds the two columns of its input.</summary>
    public static byte[] Sum(string input, int columns)
    {
        var graph = new GraphWriter();
        graph.Output(
            graph.Add("MatMul", [graph.Input(input, TensorElementType.Float, columns), graph.Constant([1f, 1], 2, 1)]),
            "value", TensorElementType.Float, 1);
        return graph.ToBytes();
    }

    /// <summary>Packs a case of the tests, with its golden rows as the reference and a target of zeros.</summary>
    public async Task<PackResult> PackCaseAsync(string name, Func<PackRequest, PackRequest>? change = null)
    {
        var folder = CaseModels.FolderOf(name);
        var rows = CaseModels.Rows(name);
        var columns = rows[0]["input"]!.AsObject().Select(cell => cell.Key).ToList();
        var table = rows.Select(row => string.Join(',', columns.Select(column => row["input"]![column]!.ToJsonString()).Append("0")));
        return await PackAsync(
            await File.ReadAllBytesAsync(Path.Combine(folder, "model.onnx")),
            $"{string.Join(',', columns)},kind\n{string.Join('\n', table)}\n",
            await File.ReadAllTextAsync(Path.Combine(folder, "golden.jsonl")),
            change);
    }

    public Task<PackResult> PackAsync(byte[] graph, string reference, string? golden, Func<PackRequest, PackRequest>? change = null)
    {
        var (graphs, rows) = (Path.Combine(Folder, "model.onnx"), Path.Combine(Folder, "golden.jsonl"));
        File.WriteAllBytes(graphs, graph);
        File.WriteAllText(Path.Combine(Folder, "reference.csv"), reference);
        File.WriteAllText(rows, golden);
        return Task.Run(() => BundlePacker.PackAsync(
            (change ?? (request => request))(new PackRequest
            {
                Name = "made",
                Graphs = [graphs],
                Reference = ReferenceTable.ReadCsv(Path.Combine(Folder, "reference.csv")),
                Golden = golden is null ? null : rows,
                Output = Path.Combine(Folder, "models"),
            }),
            CancellationToken.None));
    }
}
