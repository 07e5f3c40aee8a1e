namespace ModelApi.Inference.Scoring.Compiled.Transforms;

/// <summary>A post transform of ai.onnx.ml: how the scores of a model become its answer.</summary>
/// <param name="name">The value of the attribute <c>post_transform</c>.</param>
/// <param name="number">The value of that attribute for TreeEnsemble.</param>
/// <param name="apply">Transforms the scores of one row in place.</param>
internal sealed class PostTransform(string name, int number, PostTransformFunction apply)
{
    public string Name { get; } = name;

    public int Number { get; } = number;

    /// <summary>Whether a difference in a score's last digit can change the answer noticeably.</summary>
    public bool DependsOnLastDigit { get; init; }

    public void Apply(Span<float> scores) => apply(scores);
}

/// <summary>Transforms the scores of one row in place.</summary>
internal delegate void PostTransformFunction(Span<float> scores);
