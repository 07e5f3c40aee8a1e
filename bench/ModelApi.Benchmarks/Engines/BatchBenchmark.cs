using BenchmarkDotNet.Attributes;
using ModelApi.Benchmarks.Models;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Benchmarks.Engines;

/// <summary>How does the cost grow with the rows of a batch?</summary>
[MemoryDiagnoser]
public class BatchBenchmark
{
    private FeatureBatch _batch = null!;
    private PredictionBatch _predictions = null!;
    private BoundPipeline _pipeline = null!;
    private BoundRows _bound = null!;
    private OnnxRuntimeScorer _onnxRuntime = null!;
    private IScorer? _compiled;
    private string _reason = "";

    [Params("bank", "credit-risk")]
    public string Model { get; set; } = "bank";

    [Params(1, 10, 100, 1_000, 10_000, 100_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var model = BenchmarkModel.Load(Model);
        _batch = model.Batch(Rows);
        _predictions = new PredictionBatch(model.Signature);
        _pipeline = BoundPipeline.Open(model);
        _bound = _pipeline.Bind(_batch);
        _onnxRuntime = new OnnxRuntimeScorer(model.Bundle);
        _compiled = CompiledEngine.TryCompile(model.Bundle, out _reason);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _compiled?.Dispose();
        _onnxRuntime.Dispose();
        _bound.Dispose();
        _pipeline.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void OnnxRuntimeBound() => _bound.Run();

    [Benchmark]
    public void OnnxRuntime() => _onnxRuntime.Score(_batch, _predictions, CancellationToken.None);

    [Benchmark]
    public void Compiled() =>
        (_compiled ?? throw new InvalidOperationException($"{Model} is not compiled: {_reason}"))
            .Score(_batch, _predictions, CancellationToken.None);
}
