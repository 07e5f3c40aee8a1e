using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>Tells of the outputs that are not returned, and how they would be.</summary>
internal static class UnusedOutputs
{
    /// <param name="answer">What is returned.</param>
    /// <param name="outputs">What the graph's outputs held for the golden rows.</param>
    public static IEnumerable<string> Describe(Answer answer, IReadOnlyList<ProbedOutput> outputs)
    {
        var named = answer.Outputs
            .SelectMany(output => output.Value is JsonArray list ? list.Select(item => (string?)item) : [(string?)output.Value])
            .ToHashSet();
        var left = outputs.Where(output => !named.Contains(output.Name)).ToList();
        var numbers = left.Where(output => AreOfClasses(answer, output)).ToList();
        foreach (var output in numbers)
        {
            var (part, what) = output.AreProbabilities ? ("probabilities", "a probability") : ("scores", "a decision value");
            yield return $"Not returned: '{output.Name}', which seems to hold {what} for each class. To return it as '{part}', write the "
                + $"trainer's own into the golden rows as '{part}', by class.";
        }

        var others = left.Except(numbers).Select(output => output.Name).ToList();
        if (others.Count > 0)
        {
            yield return $"Not returned: {InputMatching.Quote(others)}. The golden rows hold no such answer; "
                + $"to return {(others.Count == 1 ? "it as it is" : "them as they are")}, "
                + $"add --answer {ToldOutputs.Others}={string.Join(',', others)}.";
        }
    }

    // A single number may be that of the second of two classes.
    private static bool AreOfClasses(Answer answer, ProbedOutput output) =>
        answer is { Task: "classification", Classes.Count: var classes }
        && !answer.Outputs.ContainsKey("probabilities") && !answer.Outputs.ContainsKey("scores")
        && output.AreFloats && (output.Columns == classes || (classes == 2 && output.Columns == 1));
}
