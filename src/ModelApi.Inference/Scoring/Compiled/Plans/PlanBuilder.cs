using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Collects the stages of a plan while the graphs are read.</summary>
internal sealed class PlanBuilder(Signature signature)
{
    private readonly List<ColumnStage> _stages = [];
    private readonly Dictionary<int, CategorySource> _sources = [];

    /// <summary>The features.</summary>
    public Signature Signature { get; } = signature;

    /// <summary>The stages, in the order of their execution.</summary>
    public IReadOnlyList<ColumnStage> Stages => _stages;

    /// <summary>The number of registers: columns that stages compute.</summary>
    public int Registers { get; private set; }

    /// <summary>The text features that the plan reads.</summary>
    public IEnumerable<CategorySource> Sources => _sources.Values;

    /// <summary>The source of a text feature.</summary>
    public CategorySource Source(int feature)
    {
        if (!_sources.TryGetValue(feature, out var source))
        {
            source = new CategorySource(feature, Signature.Features[feature].Categories);
            _sources.Add(feature, source);
        }

        return source;
    }

    /// <summary>Reserves consecutive registers.</summary>
    /// <returns>The first one.</returns>
    public int Reserve(int count)
    {
        var first = Registers;
        Registers += count;
        return first;
    }

    /// <summary>Appends a stage.</summary>
    public void Add(ColumnStage stage)
    {
        stage.Index = _stages.Count;
        _stages.Add(stage);
    }

    /// <summary>A column with another step at its end.</summary>
    public Column Take(Column column, Step step) => Take([column], [step])[0];

    /// <summary>Columns with another step at their ends. Those that stages compute go through one further stage together.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="steps">One step per column.</param>
    public Column[] Take(Column[] columns, Step[] steps)
    {
        var taken = new Column[columns.Length];
        var rest = new List<int>();
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Then(steps[i]) is { } then)
            {
                taken[i] = then;
            }
            else
            {
                rest.Add(i);
            }
        }

        if (rest.Count > 0)
        {
            var first = Reserve(rest.Count);
            Column[] inputs = [.. rest.Select(i => columns[i])];
            Step[] next = [.. rest.Select(i => steps[i])];
            if (_stages is not [.., MapStage last] || !last.TryAppend(inputs, next, first))
            {
                Add(new MapStage(inputs, next, first));
            }

            for (var i = 0; i < rest.Count; i++)
            {
                taken[rest[i]] = new RegisterColumn(first + i);
            }
        }

        return taken;
    }

    /// <summary>The columns that a stage writes to consecutive registers.</summary>
    public static Column[] Outputs(int first, int count)
    {
        var columns = new Column[count];
        for (var i = 0; i < count; i++)
        {
            columns[i] = new RegisterColumn(first + i);
        }

        return columns;
    }
}
