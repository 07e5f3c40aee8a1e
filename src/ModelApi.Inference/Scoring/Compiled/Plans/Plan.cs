using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Trees;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>The stages from raw features to the answer.</summary>
/// <remarks>Thread-safe. Immutable except for the kernels of <see cref="Trees"/>, which may be exchanged while rows are scored.</remarks>
internal sealed class Plan
{
    private const int DefaultBlockRows = 256;

    private readonly ColumnStage[] _stages;
    private readonly CategorySource[] _sources;
    private readonly int _registers;
    private readonly Column[] _answer;
    private readonly Column? _label;
    private readonly int[] _classes;
    private readonly ClassLabels? _labels;

    /// <param name="builder">The stages.</param>
    /// <param name="label">The predicted class; null for a regression.</param>
    /// <param name="answer">The probability of each class, or the predicted value.</param>
    /// <exception cref="NotCompilableException">A stage cannot be built, or a label is none of the manifest's classes.</exception>
    public Plan(PlanBuilder builder, Column? label, Column[] answer)
    {
        _stages = [.. builder.Stages];
        foreach (var stage in _stages)
        {
            stage.Prepare();
        }

        _sources = [.. builder.Sources];
        _registers = builder.Registers;
        _answer = answer;
        _label = label;
        _labels = builder.Signature.Classes;
        _classes = label is ChoiceColumn choice ? FindClasses(choice, _labels!) : [];
        Trees = [.. _stages.OfType<TreeStage>()];
        BlockRows = Trees.Length == 0 ? DefaultBlockRows : Trees.Min(stage => stage.Forest.RowsTogether);
    }

    /// <summary>The stages that walk trees.</summary>
    public TreeStage[] Trees { get; }

    /// <summary>The number of rows to score together.</summary>
    public int BlockRows { get; }

    /// <summary>Creates a block for so many rows.</summary>
    public Block CreateBlock(int rows) => new(rows, _registers, _sources, _stages);

    /// <summary>Scores the rows of a block.</summary>
    /// <param name="block">A block opened at the rows.</param>
    /// <param name="predictions">Sized for the whole batch; receives the predictions of the block's rows.</param>
    public void Score(Block block, PredictionBatch predictions)
    {
        foreach (var stage in _stages)
        {
            stage.Run(block);
        }

        if (_label is null)
        {
            Write(block, 0, predictions.Values.Slice(block.Start, block.Rows), 1);
            return;
        }

        WriteLabels(block, predictions.Labels.Slice(block.Start, block.Rows));
        var probabilities = predictions.Probabilities.Slice(block.Start * _answer.Length, block.Rows * _answer.Length);
        for (var column = 0; column < _answer.Length; column++)
        {
            Write(block, column, probabilities[column..], _answer.Length);
        }
    }

    private void Write(Block block, int column, Span<float> destination, int stride)
    {
        ReadOnlySpan<double> values;
        if (_answer[column] is RegisterColumn register)
        {
            values = block.Register(register.Register);
        }
        else
        {
            var scratch = block.Scratch.AsSpan(0, block.Rows);
            _answer[column].Read(block, scratch);
            values = scratch;
        }

        for (int row = 0, at = 0; row < values.Length; row++, at += stride)
        {
            destination[at] = (float)values[row];
        }
    }

    private void WriteLabels(Block block, Span<int> labels)
    {
        if (_label is ChoiceColumn choice)
        {
            var places = block.Register(choice.Register);
            for (var row = 0; row < labels.Length; row++)
            {
                labels[row] = _classes[(int)places[row]];
            }

            return;
        }

        var scratch = block.Scratch.AsSpan(0, block.Rows);
        _label!.Read(block, scratch);
        for (var row = 0; row < labels.Length; row++)
        {
            labels[row] = _labels!.IndexOf((long)scratch[row]);
            if (labels[row] < 0)
            {
                throw new InvalidOperationException("The graph answered a class that the manifest does not name.");
            }
        }
    }

    private static int[] FindClasses(ChoiceColumn choice, ClassLabels labels)
    {
        var count = choice.Texts?.Length ?? choice.Numbers!.Length;
        var classes = new int[count];
        for (var i = 0; i < count; i++)
        {
            classes[i] = choice.Texts is { } texts
                ? labels.IndexOf(System.Text.Encoding.UTF8.GetBytes(texts[i]))
                : labels.IndexOf((long)choice.Numbers![i]);
            if (classes[i] < 0)
            {
                throw new NotCompilableException("it has a class that the manifest does not name");
            }
        }

        return classes;
    }
}
