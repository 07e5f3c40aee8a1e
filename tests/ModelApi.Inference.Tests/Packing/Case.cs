using ModelApi.Inference.Packing;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Packing;

/// <summary>One of the models of <c>tests/Cases</c>, as a data scientist hands it over.</summary>
internal sealed record Case(string Name)
{
    public static string Root { get; } = Path.Combine(Repository.Root, "tests", "Cases");

    public string Graph => Path.Combine(Root, Name, "model.onnx");

    public string Reference => Path.Combine(Root, Name, "reference.csv");

    public string Golden => Path.Combine(Root, Name, "golden.jsonl");

    /// <summary>What <c>modelapi pack</c> asks for, without any option.</summary>
    public PackRequest Request(string output) => new()
    {
        Name = Name,
        Graphs = [Graph],
        Reference = ReferenceTable.ReadCsv(Reference),
        Golden = Golden,
        Output = output,
    };
}
