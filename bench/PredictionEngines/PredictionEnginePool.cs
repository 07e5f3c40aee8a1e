using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;

namespace PredictionEngines;

/// <summary>
/// What Microsoft.Extensions.ML does for a row: it takes a PredictionEngine out of an ObjectPool, notes where it is from, and puts it back.
/// Names of models and the reloading of their files are left out.
/// </summary>
/// <param name="file">The zip of the model.</param>
/// <param name="notesOrigin">
/// Whether it is noted which pool an engine is from, as since July 2026 (dotnet/machinelearning#7626), so that no engine of an older model
/// comes back into the pool of a newer one.
/// </param>
internal sealed class PredictionEnginePool<TData, TPrediction>(string file, bool notesOrigin)
    where TData : class
    where TPrediction : class, new()
{
    private readonly ObjectPool<PredictionEngine<TData, TPrediction>> _pool = new DefaultObjectPoolProvider().Create(new Policy(file));
    private readonly ConditionalWeakTable<PredictionEngine<TData, TPrediction>, object> _origins = [];

    public TPrediction Predict(TData example)
    {
        var engine = _pool.Get();
        if (notesOrigin)
        {
            _origins.Remove(engine);
            _origins.Add(engine, _pool);
        }

        try
        {
            return engine.Predict(example);
        }
        finally
        {
            if (!notesOrigin || (_origins.TryGetValue(engine, out var origin) && _origins.Remove(engine) && origin == _pool))
            {
                _pool.Return(engine);
            }
        }
    }

    private sealed class Policy : PooledObjectPolicy<PredictionEngine<TData, TPrediction>>
    {
        private readonly MLContext _context = new();
        private readonly ITransformer _model;

        public Policy(string file) => _model = _context.Model.Load(file, out _);

        public override PredictionEngine<TData, TPrediction> Create() =>
            _context.Model.CreatePredictionEngine<TData, TPrediction>(_model, new PredictionEngineOptions { OwnsTransformer = false });

        public override bool Return(PredictionEngine<TData, TPrediction> obj) => true;
    }
}
