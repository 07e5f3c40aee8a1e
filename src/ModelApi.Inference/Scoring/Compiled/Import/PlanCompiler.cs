using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Import;

/// <summary>Compiles all graphs of a bundle into one plan.</summary>
internal sealed class PlanCompiler
{
    private readonly Bundle _bundle;
    private readonly PlanBuilder _plan;
    private readonly GraphCompiler[] _graphs;

    private PlanCompiler(Bundle bundle)
    {
        _bundle = bundle;
        _plan = new PlanBuilder(bundle.Manifest.Signature);
        _graphs = new GraphCompiler[bundle.Steps.Count];
        for (var i = 0; i < _graphs.Length; i++)
        {
            var step = bundle.Steps[i];
            _graphs[i] = new GraphCompiler(step.Graph.Content, name => Input(step, name), _plan);
        }
    }

    /// <exception cref="NotCompilableException">A graph holds something that is not handled.</exception>
    public static Plan Compile(Bundle bundle)
    {
        var compiler = new PlanCompiler(bundle);
        var (answer, shape) = (bundle.Answer, bundle.Manifest.Signature.Answer);
        if (shape.Others.Count > 0)
        {
            throw new NotCompilableException("it returns further outputs as they are");
        }

        if (answer.Layout == NumberLayout.TargetsFirst)
        {
            throw new NotCompilableException("its answer has three dimensions");
        }

        var numbers = answer.Numbers is { } output ? compiler.Numbers(output.Place, answer.Layout, shape.NumberColumns) : [];
        var labels = answer.Label is { } label ? compiler.Labels(label.Place, bundle.Manifest.Signature) : [];
        return new Plan(compiler._plan, labels, numbers, isSecondOfTwo: numbers.Length < shape.NumberColumns);
    }

    private Column[] Numbers(GraphOutput place, NumberLayout layout, int columns)
    {
        var value = Output(place);
        var isSecondOfTwo = value.Columns.Length == 1 && layout is (NumberLayout.SecondOfTwo or NumberLayout.Undeclared);
        var type = _plan.Signature.Answer.AreDoubles ? TensorElementType.Double : TensorElementType.Float;
        return value.Type == type && (value.Columns.Length == columns || isSecondOfTwo)
            ? value.Columns
            : throw new NotCompilableException($"its answer is {value.Columns.Length} columns of {value.Type}, not {columns} of {type}");
    }

    private Column[] Labels(GraphOutput place, Signature signature)
    {
        var (value, columns) = (Output(place), signature.Answer.LabelColumns);
        var isText = signature.Classes!.Kind == ClassKind.Text;
        return value.Columns.Length == columns
            && (value.Type == TensorElementType.String
                ? isText && value.Columns.All(column => column is ChoiceColumn { Texts: not null })
                : !isText || value.Type == TensorElementType.Int64)
            ? value.Columns
            : throw new NotCompilableException($"its label is {value.Columns.Length} columns of {value.Type}, not {columns} of classes");
    }

    private Value Output(GraphOutput place) => _graphs[place.Step].Output(_bundle.Steps[place.Step].Graph.Outputs[place.Output].Name);

    private Value? Input(GraphStep step, string name)
    {
        GraphStepInput? input = null;
        foreach (var candidate in step.Inputs)
        {
            input = candidate.Name == name ? candidate : input;
        }

        if (input is null)
        {
            return null;
        }

        if (input.Earlier is { } earlier)
        {
            return Output(earlier);
        }

        if (input.Shape is not null)
        {
            throw new NotCompilableException($"its feature '{_plan.Signature.Features[input.Features[0]].Name}' is a tensor");
        }

        var columns = new Column[input.Features.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Feature(input.Features[i], input.ElementType);
        }

        return input.Rank == 1 ? Value.Vector(input.ElementType, columns[0]) : Value.Matrix(input.ElementType, columns);
    }

    private Column Feature(int feature, TensorElementType type)
    {
        if (_plan.Signature.Features[feature].Type == FeatureType.String)
        {
            return new TextColumn(_plan.Source(feature), new Dictionary<string, string>(), null);
        }

        return type switch
        {
            TensorElementType.Float => new NumberColumn(feature, true, []),
            TensorElementType.Double or TensorElementType.Int64 => new NumberColumn(feature, false, []),
            TensorElementType.Bool => new NumberColumn(feature, false, [new ToBoolean()]),
            _ => throw new NotCompilableException($"it takes {type}"),
        };
    }
}
