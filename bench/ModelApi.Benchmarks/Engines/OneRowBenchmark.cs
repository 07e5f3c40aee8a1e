using BenchmarkDotNet.Attributes;
using ModelApi.Benchmarks.Models;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Benchmarks.Engines;

/// <summary>What does one row cost, from a filled batch to its probabilities? Rows take turns.</summary>
[MemoryDiagnoser]
public class OneRowBenchmark
{
    private FeatureBatch[] _rows = [];
    private BoundRows[] _bound = [];
    private PredictionBatch _predictions = null!;
    private BoundPipeline _pipeline = null!;
    private OnnxRuntimeScorer _onnxRuntime = null!;
    private IScorer? _compiled;
    private string _reason = "";
    private int _next;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "bank";

    public static IEnumerable<string> Models => BenchmarkModel.Names;

    [GlobalSetup]
    public void Setup()
    {
        var model = BenchmarkModel.Load(Model);
        _rows = [.. Enumerable.Range(0, model.Rows.Rows).Select(row =>
        {
            var single = new FeatureBatch(model.Signature);
            model.Rows.CopyRowTo(single, row);
            return single;
        })];
        _pipeline = BoundPipeline.Open(model);
        _bound = [.. _rows.Select(_pipeline.Bind)];
        _predictions = new PredictionBatch(model.Signature);
        _onnxRuntime = new OnnxRuntimeScorer(model.Bundle);
        _compiled = CompiledEngine.TryCompile(model.Bundle, out _reason);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _compiled?.Dispose();
        _onnxRuntime.Dispose();
        Array.ForEach(_bound, rows => rows.Dispose());
        _pipeline.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void OnnxRuntimeBound() => _bound[Next()].Run();

    [Benchmark]
    public void OnnxRuntime() => _onnxRuntime.Score(_rows[Next()], _predictions, CancellationToken.None);

    [Benchmark]
    public void Compiled() =>
        (_compiled ?? throw new InvalidOperationException($"{Model} is not compiled: {_reason}"))
            .Score(_rows[Next()], _predictions, CancellationToken.None);

    private int Next() => _next = _next + 1 == _rows.Length ? 0 : _next + 1;
}
