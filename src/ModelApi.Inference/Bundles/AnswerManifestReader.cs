using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads what a manifest says about the answer: task, target, classes and outputs.</summary>
internal sealed class AnswerManifestReader(BundleLimits limits)
{
    private const int MostTargets = 10_000;

    /// <param name="root">The manifest.</param>
    /// <returns>Null when it has any fault here.</returns>
    public AnswerManifest? Read(ManifestNode root)
    {
        var task = root.Member("task")?.OneOf(
            ("classification", ModelTask.Classification),
            ("regression", ModelTask.Regression),
            ("multilabel", ModelTask.Multilabel),
            ("outlier-detection", ModelTask.OutlierDetection),
            ("clustering", ModelTask.Clustering),
            ("ranking", ModelTask.Ranking));
        var target = ReadTarget(root.Member("target"));
        var classes = ReadClasses(root.Member("classes", required: task is ModelTask.Classification or ModelTask.Clustering), task);
        var targets = ReadTargets(root.Member("targets", required: task == ModelTask.Multilabel), task);
        var outputs = ReadOutputs(root.Member("outputs"), task);
        if (task is not { } known || target is null || targets is null || outputs is null
            || (classes is null && HasClasses(known)))
        {
            return null;
        }

        return new AnswerManifest(known, target, classes, targets, outputs, Shape(known, classes, targets, outputs));
    }

    private static bool HasClasses(ModelTask? task) => task is not (ModelTask.Regression or ModelTask.Ranking);

    private static AnswerShape Shape(ModelTask task, ClassLabels? classes, IReadOnlyList<string> targets, OutputNames outputs)
    {
        var usual = AnswerShape.Of(task, classes, targets);
        return outputs.Numbers is null ? usual.WithoutNumbers()
            : outputs.Scores is not null && task != ModelTask.Clustering ? usual with { Numbers = NumberKind.Scores }
            : usual;
    }

    private static string? ReadTarget(ManifestNode? target)
    {
        if (target is not { } node || !node.IsObject("name", "description"))
        {
            return null;
        }

        node.Member("description", required: false)?.Text();
        return node.Member("name")?.Text();
    }

    private static IReadOnlyList<string>? ReadTargets(ManifestNode? targets, ModelTask? task)
    {
        if (targets is not { } node)
        {
            return task == ModelTask.Multilabel ? null : [];
        }

        if (task is not (ModelTask.Regression or ModelTask.Multilabel))
        {
            node.Fault("Only a regression or a multilabel model has several targets; leave the key out.");
            return null;
        }

        if (!node.IsArray(2, MostTargets))
        {
            return null;
        }

        var names = node.Items().Select(item => item.Text()).ToList();
        return node.AreDistinct(names) ? [.. names.Select(name => name!)] : null;
    }

    private ClassLabels? ReadClasses(ManifestNode? classes, ModelTask? task)
    {
        if (classes is not { } node)
        {
            return task switch
            {
                ModelTask.Multilabel => new ClassLabels([0L, 1L]),
                ModelTask.OutlierDetection => new ClassLabels([-1L, 1L]),
                _ => null,
            };
        }

        if (!HasClasses(task))
        {
            node.Fault("A regression has no classes; leave the key out.");
            return null;
        }

        if (!node.IsArray(task == ModelTask.Clustering ? 1 : 2, limits.MaxCategories))
        {
            return null;
        }

        if (task is ModelTask.OutlierDetection && node.Element.GetArrayLength() != 2)
        {
            node.Fault("An outlier detector has two classes, that of outliers and that of usual rows.");
            return null;
        }

        return ReadClasses(node);
    }

    private static ClassLabels? ReadClasses(ManifestNode node)
    {
        if (node.Items().All(item => item.Kind is JsonValueKind.True or JsonValueKind.False))
        {
            var booleans = node.Items().Select(item => (bool?)item.Boolean()).ToList();
            return node.AreDistinct(booleans) ? ClassLabels.OfBooleans([.. booleans.Select(label => label!.Value)]) : null;
        }

        if (!node.Items().All(item => item.Kind == JsonValueKind.Number))
        {
            var names = node.Items().Select(item => item.Text()).ToList();
            return node.AreDistinct(names) ? new ClassLabels([.. names.Select(text => text!)]) : null;
        }

        // 1 is a whole number, and 1.0 is not: an answer repeats how the manifest writes it.
        if (node.Items().All(item => !item.Element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')))
        {
            var integers = node.Items().Select(item => item.Integer64()).ToList();
            return node.AreDistinct(integers) ? new ClassLabels([.. integers.Select(label => label!.Value)]) : null;
        }

        var numbers = node.Items().Select(item => item.Number()).ToList();
        return node.AreDistinct(numbers) ? ClassLabels.OfNumbers([.. numbers.Select(label => label!.Value)]) : null;
    }

    private static OutputNames? ReadOutputs(ManifestNode? outputs, ModelTask? task)
    {
        string[] keys = task switch
        {
            null => [],
            ModelTask.Classification or ModelTask.Multilabel => ["label", "probabilities", "scores"],
            ModelTask.OutlierDetection => ["label", "value"],
            ModelTask.Clustering => ["label", "scores"],
            _ => ["value"],
        };
        if (task is null || outputs is not { } node || !node.IsObject([.. keys, "others"]))
        {
            return null;
        }

        if (keys is ["value"])
        {
            node.Member("value");
        }
        else if (!keys.Any(key => node.Element.TryGetProperty(key, out _)))
        {
            node.Fault($"Must name the output that holds {string.Join(" or ", keys.Select(key => $"'{key}'"))}.");
        }

        if (node.Element.TryGetProperty("probabilities", out _) && node.Member("scores", required: false) is { } scores)
        {
            scores.Fault("Beside 'probabilities' there are no 'scores'; name the output in 'others'.");
        }

        return new OutputNames
        {
            Label = Text("label"),
            Probabilities = Text("probabilities"),
            Scores = Text("scores"),
            Value = Text("value"),
            Others = ReadOthers(node.Member("others", required: false)),
        };

        string? Text(string key) => node.Member(key, required: false)?.Text();
    }

    private static IReadOnlyList<string> ReadOthers(ManifestNode? others)
    {
        if (others is not { } node || !node.IsArray(0, 100))
        {
            return [];
        }

        var names = node.Items().Select(item => item.Text()).ToList();
        return node.AreDistinct(names) ? [.. names.Select(name => name!)] : [];
    }
}
