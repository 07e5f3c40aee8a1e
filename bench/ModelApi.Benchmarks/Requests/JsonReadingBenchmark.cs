using System.Text;
using BenchmarkDotNet.Attributes;
using ModelApi.Benchmarks.Models;
using ModelApi.Inference.Batches;

namespace ModelApi.Benchmarks.Requests;

/// <summary>What does it cost to read a request's JSON into a feature batch?</summary>
[MemoryDiagnoser]
public class JsonReadingBenchmark
{
    private readonly Findings _findings = new();
    private byte[] _json = [];
    private JsonFeatureReader _reader = null!;
    private FeatureBatch _batch = null!;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "bank";

    [Params(1, 1_000)]
    public int Rows { get; set; }

    public static IEnumerable<string> Models => BenchmarkModel.Names;

    [GlobalSetup]
    public void Setup()
    {
        var signature = BenchmarkModel.Load(Model).Signature;
        _json = Encoding.UTF8.GetBytes(RequestJson.Of(signature, Rows));
        _reader = new JsonFeatureReader(signature, new ReadLimits());
        _batch = new FeatureBatch(signature, Rows);
    }

    [Benchmark]
    public int Read()
    {
        _batch.Clear();
        _reader.Read(_json, _batch, _findings);
        return _batch.Rows;
    }
}
