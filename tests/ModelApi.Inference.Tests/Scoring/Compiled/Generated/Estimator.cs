using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Turns columns into an answer.</summary>
internal abstract record Estimator
{
    /// <summary>The version of the <c>ai.onnx.ml</c> operators.</summary>
    public abstract int MlVersion { get; }

    public virtual TensorElementType InputType => TensorElementType.Float;

    /// <summary>The classes, or null for a regression.</summary>
    public required ClassLabels? Classes { get; init; }

    /// <summary>
    /// The absolute difference between two answers that is allowed besides one part in a million: 1e-7, two steps of a float below 1,
    /// for ONNX Runtime's exponentials; more for sums of large products, whose order in ONNX Runtime depends on the number of rows.
    /// </summary>
    public virtual double Floor => 1e-7;

    /// <summary>
    /// Whether the label follows from values that may round differently: sums of products, or ONNX Runtime's own sigmoid and softmax,
    /// whose last digit depends on the processor.
    /// </summary>
    public abstract bool MayRound { get; }

    public abstract void Write(GraphWriter writer, string encoded);

    /// <summary>Simpler estimators of the same kind.</summary>
    public abstract IEnumerable<Estimator> Shrink();

    /// <summary>Declares scores as the answer; the label is the class of the greatest.</summary>
    /// <param name="writer">Receives the nodes.</param>
    /// <param name="scores">One column per class, or a single one.</param>
    /// <param name="head">The operators behind the scores: None, Softmax, Sigmoid, or Complement for 1 - sigmoid and sigmoid.</param>
    protected void WriteScores(GraphWriter writer, string scores, string head)
    {
        if (Classes is null)
        {
            writer.Output(scores, "value", TensorElementType.Float, 1);
            return;
        }

        if (head == "Complement")
        {
            var second = writer.Add("Sigmoid", scores);
            var first = writer.Add("Sub", [writer.Constant([1f]), second]);
            scores = writer.Add("Concat", [first, second], ("axis", 1));
        }
        else if (head != "None")
        {
            scores = head == "Softmax" ? writer.Add("Softmax", scores, ("axis", 1)) : writer.Add("Sigmoid", scores);
        }

        var index = writer.Add("ArgMax", scores, ("axis", 1), ("keepdims", 0));
        writer.Output(Label(writer, index), "label", Classes.AreIntegers ? TensorElementType.Int64 : TensorElementType.String, null);
        writer.Output(scores, "probabilities", TensorElementType.Float, Classes.Count);
    }

    /// <summary>The attribute that names the classes to a classifier.</summary>
    protected (string Name, object Value) LabelAttribute(string integers) =>
        Classes!.AreIntegers ? (integers, Integers()) : ("classlabels_strings", Classes.Names);

    private string Label(GraphWriter writer, string index)
    {
        if (Classes!.AreIntegers)
        {
            // As exporters do: nothing where the classes count from zero, or else one of two ways to look the class up.
            return Integers().SequenceEqual(Enumerable.Range(0, Classes.Count).Select(value => (long)value))
                ? index
                : writer.Add("Gather", [writer.Constant(Integers()), index], ("axis", 0));
        }

        if (Classes.Count % 2 == 0)
        {
            return writer.Add(
                "LabelEncoder",
                index,
                ("keys_int64s", Enumerable.Range(0, Classes.Count).Select(value => (long)value)),
                ("values_strings", Classes.Names),
                ("default_string", "none"));
        }

        var row = writer.Add("ArrayFeatureExtractor", [writer.Constant([.. Classes.Names]), index]);
        return writer.Add("Reshape", [row, writer.Constant([-1L])]);
    }

    private long[] Integers() => [.. Enumerable.Range(0, Classes!.Count).Select(Classes.Integer)];
}
