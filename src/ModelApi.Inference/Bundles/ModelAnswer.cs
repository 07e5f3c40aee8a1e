using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>What the answer of an ML.NET model holds.</summary>
internal static class ModelAnswer
{
    /// <summary>What graphs would connect. The scorer connects a model to the features, because only ML.NET knows its columns.</summary>
    public static WiredGraphs Connect(BundleManifest manifest)
    {
        var signature = SignatureOf(manifest);
        return new WiredGraphs([], new AnswerOutputs { Shape = signature.Answer }, signature);
    }

    /// <summary>
    /// The signature of a manifest that has an ML.NET model: its binary trainers, whose label is a boolean, give one decision value, and
    /// not one for each class.
    /// </summary>
    public static Signature SignatureOf(BundleManifest manifest)
    {
        var signature = manifest.Signature;
        var isSingle = signature is { Task: ModelTask.Classification, Answer.Numbers: NumberKind.Scores, Classes.Kind: ClassKind.Boolean };
        return isSingle ? signature.With(signature.Answer with { NumberColumns = 1 }) : signature;
    }
}
