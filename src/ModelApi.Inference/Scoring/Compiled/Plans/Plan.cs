using System.Numerics;
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
    private readonly Column[] _numbers;
    private readonly Column[] _labels;
    private readonly int[][] _choices;
    private readonly Signature _signature;
    private readonly bool _isSecondOfTwo;

    /// <param name="builder">The stages.</param>
    /// <param name="labels">The predicted class of each target; empty where the model has none, or it follows from the numbers.</param>
    /// <param name="numbers">The numbers of the answer, such as the probability of each class.</param>
    /// <param name="isSecondOfTwo">Whether there is one number, the probability of the second of two classes.</param>
    /// <exception cref="NotCompilableException">A stage cannot be built, or a label is none of the manifest's classes.</exception>
    public Plan(PlanBuilder builder, Column[] labels, Column[] numbers, bool isSecondOfTwo)
    {
        _stages = [.. builder.Stages];
        foreach (var stage in _stages)
        {
            stage.Prepare();
        }

        _sources = [.. builder.Sources];
        _registers = builder.Registers;
        _numbers = numbers;
        _labels = labels;
        _signature = builder.Signature;
        _isSecondOfTwo = isSecondOfTwo;
        _choices = Array.ConvertAll(labels, label => label is ChoiceColumn choice ? FindClasses(choice, _signature.Classes!) : []);
        Trees = [.. _stages.OfType<TreeStage>()];
        BlockRows = Trees.Length == 0 ? DefaultBlockRows : Trees.Min(stage => stage.Forest.RowsTogether);
    }

    /// <summary>The stages that walk trees.</summary>
    public TreeStage[] Trees { get; }

    /// <summary>The number of rows to score together.</summary>
    public int BlockRows { get; }

    /// <summary>Creates a block for so many rows.</summary>
    public Block CreateBlock(int rows) => new(this, rows, _registers, _sources, _stages);

    /// <summary>Scores the rows of a block.</summary>
    /// <param name="block">A block opened at the rows.</param>
    /// <param name="predictions">Sized for the whole batch; receives the predictions of the block's rows.</param>
    public void Score(Block block, PredictionBatch predictions)
    {
        foreach (var stage in _stages)
        {
            stage.Run(block);
        }

        if (_signature.Answer.AreDoubles)
        {
            WriteNumbers(block, predictions.Doubles);
        }
        else
        {
            WriteNumbers(block, predictions.Numbers);
        }

        WriteLabels(block, predictions);
    }

    private void WriteNumbers<T>(Block block, Span<T> all)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var (columns, first) = (_isSecondOfTwo ? 2 : _numbers.Length, _isSecondOfTwo ? 1 : 0);
        var numbers = all.Slice(block.Start * columns, block.Rows * columns);
        for (var column = 0; column < _numbers.Length; column++)
        {
            Write(block, column, numbers[(column + first)..], columns);
        }

        if (_isSecondOfTwo)
        {
            for (var i = 0; i < numbers.Length; i += 2)
            {
                numbers[i] = T.One - numbers[i + 1];
            }
        }
    }

    private void Write<T>(Block block, int column, Span<T> destination, int stride)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<double> values;
        if (_numbers[column] is RegisterColumn register)
        {
            values = block.Register(register.Register);
        }
        else
        {
            var scratch = block.Scratch.AsSpan(0, block.Rows);
            _numbers[column].Read(block, scratch);
            values = scratch;
        }

        for (int row = 0, at = 0; row < values.Length; row++, at += stride)
        {
            destination[at] = T.CreateTruncating(values[row]);
        }
    }

    private void WriteLabels(Block block, PredictionBatch predictions)
    {
        if (_labels.Length > 0)
        {
            var labels = predictions.Labels.Slice(block.Start * _labels.Length, block.Rows * _labels.Length);
            for (var column = 0; column < _labels.Length; column++)
            {
                WriteLabels(block, column, labels[column..]);
            }
        }
        else if (_signature.Classes is not null)
        {
            DerivedLabels.Write(predictions, block.Start, block.Rows);
        }
    }

    private void WriteLabels(Block block, int column, Span<int> labels)
    {
        if (_labels[column] is ChoiceColumn choice)
        {
            var places = block.Register(choice.Register);
            var classes = _choices[column];
            for (int row = 0, at = 0; row < places.Length; row++, at += _labels.Length)
            {
                labels[at] = classes[(int)places[row]];
            }

            return;
        }

        var scratch = block.Scratch.AsSpan(0, block.Rows);
        _labels[column].Read(block, scratch);
        for (int row = 0, at = 0; row < scratch.Length; row++, at += _labels.Length)
        {
            labels[at] = _signature.Classes!.IndexOf(scratch[row]);
            if (labels[at] < 0)
            {
                throw new UnexpectedAnswerException("The graph answered a class that the manifest does not name.");
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
                : labels.IndexOf(choice.Numbers![i]);
            if (classes[i] < 0)
            {
                throw new NotCompilableException("it has a class that the manifest does not name");
            }
        }

        return classes;
    }
}
