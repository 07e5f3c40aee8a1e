using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>A saved ML.NET pipeline, loaded.</summary>
/// <remarks>Thread-safe: rows are made by many threads, and each is used by one at a time.</remarks>
internal sealed class MlNetModel : IDisposable
{
    private readonly IRowToRowMapper _mapper;

    private MlNetModel(MLContext context, ITransformer transformer, IRowToRowMapper mapper)
    {
        Context = context;
        Transformer = transformer;
        _mapper = mapper;
    }

    /// <summary>The version of ML.NET.</summary>
    public static string Version => typeof(MLContext).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];

    /// <summary>What ML.NET wants for everything.</summary>
    public MLContext Context { get; }

    /// <summary>The pipeline.</summary>
    public ITransformer Transformer { get; }

    /// <summary>The columns of the rows that it was trained on.</summary>
    public DataViewSchema InputSchema => _mapper.InputSchema;

    /// <summary>Those columns and the ones that the pipeline adds, also those that a later one of the same name hides.</summary>
    public DataViewSchema OutputSchema => _mapper.OutputSchema;

    /// <summary>Loads a model.</summary>
    /// <param name="zip">A zip that was checked without fault.</param>
    /// <exception cref="BundleException">ML.NET does not load it, or it is no model that answers row by row.</exception>
    public static MlNetModel Load(ModelZip zip)
    {
        try
        {
            var context = new MLContext(seed: 0);
            var transformer = context.Model.Load(new MemoryStream(zip.Content, writable: false), out var schema);
            if (schema is null)
            {
                throw Fault(zip, "It was saved without the schema of its input: mlContext.Model.Save(model, trainingData.Schema, path).");
            }

            return transformer.IsRowToRowMapper
                ? new MlNetModel(context, transformer, transformer.GetRowToRowMapper(schema))
                : throw Fault(zip, "It does not answer row by row: a step of it filters, groups or orders rows.");
        }
        catch (Exception exception) when (exception is not (BundleException or OutOfMemoryException or OperationCanceledException))
        {
            // Any exception: a damaged file makes ML.NET throw what it happens to.
            var cause = exception.GetBaseException();
            throw cause is OutOfMemoryException ? cause : Fault(zip, $"ML.NET cannot load it: {FirstLine(cause.Message)}");
        }
    }

    /// <summary>Whether a step of it takes texts apart, so that a text that the training never saw is as good as any.</summary>
    public bool TakesTextsApart => HasTextStep(Transformer);

    /// <summary>A column that the pipeline adds, or null.</summary>
    public DataViewSchema.Column? Find(string name) => OutputSchema.GetColumnOrNull(name);

    /// <summary>The columns of the input that answers depend on.</summary>
    public IReadOnlyList<DataViewSchema.Column> DependenciesOf(IEnumerable<DataViewSchema.Column> answers) =>
        [.. _mapper.GetDependencies(answers).Where(column => !column.IsHidden).OrderBy(column => column.Index)];

    /// <summary>A row of answers that follow from a row of inputs.</summary>
    /// <param name="input">A row of <see cref="InputSchema"/>.</param>
    /// <param name="answers">The columns that will be read.</param>
    public DataViewRow Connect(DataViewRow input, IEnumerable<DataViewSchema.Column> answers) => _mapper.GetRow(input, answers);

    /// <inheritdoc/>
    public void Dispose() => (Transformer as IDisposable)?.Dispose();

    private static bool HasTextStep(ITransformer step) => step is IEnumerable<ITransformer> steps
        ? steps.Any(HasTextStep)
        : step.GetType().Namespace == typeof(WordTokenizingTransformer).Namespace;

    private static BundleException Fault(ModelZip zip, string message) => new([new BundleFault(zip.File, "", message)]);

    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd();
}
