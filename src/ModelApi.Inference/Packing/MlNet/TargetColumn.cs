using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Finds the column that a model predicts: one that its answer does not depend on.</summary>
internal static class TargetColumn
{
    private const string UsualName = "Label";

    /// <summary>Refuses a target that is told and is a feature, or is no column where some may be meant.</summary>
    /// <exception cref="PackException">It is one of these.</exception>
    public static void ThrowIfMisspelt(
        PackRequest request,
        MlNetModel model,
        IReadOnlyList<DataViewSchema.Column> needed,
        IReadOnlyDictionary<string, IReadOnlyList<string>> sources)
    {
        var features = needed.SelectMany(column => sources[column.Name]).ToHashSet(StringComparer.Ordinal);
        if (request.Target is not { } target)
        {
            return;
        }

        if (features.Contains(target))
        {
            throw new PackException($"--target {target}: the model reads it as a feature; name another column, or leave the option out.");
        }

        var rest = request.Reference.Headers
            .Concat(model.InputSchema.Where(column => !column.IsHidden && needed.All(other => other.Index != column.Index))
                .Select(column => column.Name))
            .Where(name => !features.Contains(name))
            .Distinct()
            .ToList();
        if (!rest.Contains(target) && rest.Count > 0)
        {
            throw new PackException(
                $"--target {target}: the reference has no such column"
                + (NearestName.Find(target, rest) is { } meant ? $"; did you mean '{meant}'?"
                    : $", and {InputMatching.Quote(rest)} may be the predicted one. Name a column, or leave the option out."));
        }
    }

    /// <returns>The name of the column in the reference, or in the model.</returns>
    /// <exception cref="PackException">Several columns may be it.</exception>
    public static string Find(
        MlNetModel model,
        IReadOnlyList<DataViewSchema.Column> needed,
        IReadOnlyDictionary<string, IReadOnlyList<string>> sources,
        ClassLabels? classes,
        ReferenceTable reference)
    {
        var rest = model.InputSchema.Where(column => !column.IsHidden && needed.All(other => other.Index != column.Index)).ToList();
        if (rest is [var only])
        {
            return NameOf(only);
        }

        // The usual name of what a trainer reads, or the column that it was made of.
        if (model.OutputSchema.GetColumnOrNull(UsualName) is { } label
            && model.DependenciesOf([label]).Where(source => rest.Any(column => column.Index == source.Index)).ToList() is [var origin])
        {
            return NameOf(origin);
        }

        var ofType = classes?.Kind == ClassKind.Boolean ? rest.Where(column => column.Type is BooleanDataViewType).ToList() : [];
        var byValues = rest.Where(column => HoldsClasses(column.Name)).ToList();
        return ofType is [var boolean] ? NameOf(boolean)
            : byValues is [var fitting] ? NameOf(fitting)
            : rest.Count == 0 ? "prediction"
            : throw new PackException(
                "The predicted column cannot be inferred from "
                + $"{string.Join(", ", rest.Select(NameOf))}, on which the answer does not depend: name it with --target.");

        string NameOf(DataViewSchema.Column column) =>
            sources.GetValueOrDefault(column.Name) is [var header] ? header : column.Name;

        bool HoldsClasses(string column) => classes is not null
            && sources.GetValueOrDefault(column) is [var header]
            && reference.Find(header) is { } cells
            && cells.All(cell => classes.IndexOfWritten(cell) >= 0);
    }
}
