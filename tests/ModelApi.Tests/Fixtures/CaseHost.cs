
namespace ModelApi.Tests.Fixtures;

/// <summary>A host with a model of every kind of answer.</summary>
public sealed class CaseHost : IDisposable
{
    private readonly TemporaryModels _models = new();

    public CaseHost()
    {
        foreach (var name in Cases)
        {
            _models.AddCase(name);
        }

        _models.AddCase("ridge", """{"task":"ranking","outputs":{"value":"variable"}}""", "ranking");
        _models.AddCase(
            "iforest", """{"task":"classification","classes":["odd","usual"],"outputs":{"scores":"scores"}}""", "score",
            row => row["label"] = row["value"]!.GetValue<double>() > 0 ? "usual" : "odd");
        _models.AddCase(
            "linreg",
            """
            {"task":"regression","outputs":{"value":"variable"},"tolerance":0.0005,"toleranceReason":"The trainer rounds."}
            """,
            "tolerant");
        Host = ModelApiHost.With(("Models:Root", _models.Root), ("Models:Default", "linreg"));
    }

    /// <summary>Cases of all kinds, with their own golden rows.</summary>
    public static IReadOnlyList<string> Cases { get; } =
    [
        "linreg", "reg-double", "lda", "pipe-double", "label-int32", "lab-float", "lab-bool", "noproba", "noproba-scores", "torch-softmax",
        "keras-sigmoid", "torch-many", "multi-reg", "multilabel", "iforest", "answers/k-means", "answers/labels", "answers/labels-forest",
        "answers/margin",
    ];

    public ModelApiHost Host { get; }

    public void Dispose()
    {
        Host.Dispose();
        _models.Dispose();
    }
}
