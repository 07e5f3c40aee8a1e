using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Contracts;

/// <summary>Compares what two signatures say about the answer.</summary>
internal static class AnswerComparison
{
    public static void Compare(Signature old, Signature @new, DifferenceList differences)
    {
        if (old.Task != @new.Task)
        {
            var (before, now) = (DifferenceList.NameOf(old.Task), DifferenceList.NameOf(@new.Task));
            differences.Breaking("$.task", ContractChange.Changed, before, now, $"The task is {now} (before: {before}).");
        }

        if (old.Target != @new.Target)
        {
            differences.Breaking(
                "$.target.name",
                ContractChange.Changed,
                old.Target,
                @new.Target,
                $"'{@new.Target}' is predicted (before: '{old.Target}'), so answers mean something else.");
        }

        CompareTargets(old.Targets, @new.Targets, differences);
        CompareClasses(old.Classes, @new.Classes, differences);
        CompareMembers(old.Answer, @new.Answer, differences);
        CompareOthers(old.Answer.Others, @new.Answer.Others, differences);
    }

    private static void CompareTargets(IReadOnlyList<string> old, IReadOnlyList<string> @new, DifferenceList differences)
    {
        const string Path = "$.targets";
        var removed = old.Except(@new).ToList();
        var added = @new.Except(old).ToList();
        if (removed.Count == 0 && added.Count == 0)
        {
            CompareOrder(Path, "targets", old, @new, differences);
        }
        else
        {
            // An answer goes from one value to an object, or that object from some members to others.
            differences.Breaking(
                Path,
                ContractChange.Changed,
                DifferenceList.ArrayOf(removed),
                DifferenceList.ArrayOf(added),
                "Other targets are predicted: " + Sentence(removed, added));
        }
    }

    private static void CompareClasses(ClassLabels? old, ClassLabels? @new, DifferenceList differences)
    {
        const string Path = "$.classes";
        if (old is null || @new is null)
        {
            // Without classes it is another task, which is a difference already.
            return;
        }

        if (old.Kind != @new.Kind)
        {
            differences.Breaking(
                Path,
                ContractChange.Changed,
                Values(old, old.Names),
                Values(@new, @new.Names),
                $"The classes are {WordOf(@new.Kind)} (before: {WordOf(old.Kind)}).");
            return;
        }

        var removed = old.Names.Except(@new.Names).ToList();
        var added = @new.Names.Except(old.Names).ToList();
        if (removed.Count == 0 && added.Count == 0)
        {
            CompareOrder(Path, "classes", old.Names, @new.Names, differences);
        }
        else
        {
            differences.Breaking(
                Path,
                ContractChange.Changed,
                Values(old, removed),
                Values(@new, added),
                "The classes changed: " + Sentence(removed, added));
        }
    }

    private static void CompareOrder(
        string path, string what, IReadOnlyList<string> old, IReadOnlyList<string> @new, DifferenceList differences)
    {
        if (!old.SequenceEqual(@new, StringComparer.Ordinal))
        {
            differences.Compatible(
                path,
                ContractChange.Reordered,
                DifferenceList.ArrayOf(old),
                DifferenceList.ArrayOf(@new),
                $"The {what} are in another order. Answers name them, so the order does not matter.");
        }
    }

    private static void CompareMembers(AnswerShape old, AnswerShape @new, DifferenceList differences)
    {
        const string Path = "$.outputs";
        var before = AnswerMembers.Of(old).ToList();
        var now = AnswerMembers.Of(@new).ToList();
        var removed = before.Except(now).ToList();
        var added = now.Except(before).ToList();
        if (removed.Count > 0)
        {
            differences.Breaking(
                Path,
                ContractChange.Removed,
                DifferenceList.ArrayOf(removed),
                null,
                $"Answers no longer hold {DifferenceList.Quote(removed)}.");
        }

        if (added.Count > 0)
        {
            differences.Compatible(
                Path, ContractChange.Added, null, DifferenceList.ArrayOf(added), $"Answers also hold {DifferenceList.Quote(added)}.");
        }

        if (old.AreDoubles != @new.AreDoubles)
        {
            differences.Compatible(
                Path,
                ContractChange.Changed,
                Precision(old),
                Precision(@new),
                $"The numbers of an answer are {Precision(@new)} (before: {Precision(old)}).");
        }

        static string Precision(AnswerShape answer) => answer.AreDoubles ? "64-bit floats" : "32-bit floats";
    }

    private static void CompareOthers(IReadOnlyList<OtherOutput> old, IReadOnlyList<OtherOutput> @new, DifferenceList differences)
    {
        const string Path = "$.outputs.others";
        foreach (var output in old.ExceptBy(@new.Select(other => other.Name), other => other.Name))
        {
            differences.Breaking(
                Path, ContractChange.Removed, output.Name, null, $"Answers no longer hold the output '{output.Name}'.");
        }

        foreach (var output in @new)
        {
            if (old.FirstOrDefault(other => other.Name == output.Name) is not { } before)
            {
                differences.Compatible(Path, ContractChange.Added, null, output.Name, $"Answers also hold the output '{output.Name}'.");
            }
            else if (FormOf(before) is var was && FormOf(output) is var now && was != now)
            {
                differences.Breaking(
                    Path, ContractChange.Changed, was, now, $"The output '{output.Name}' is {now} (before: {was}).");
            }
        }
    }

    private static string FormOf(OtherOutput output)
    {
        var kind = output.Kind switch
        {
            OtherKind.Float or OtherKind.Double => "number",
            OtherKind.Integer => "integer",
            OtherKind.Text => "string",
            _ => "boolean",
        };
        return output.Dimensions switch
        {
            null => $"{kind}[]",
            [] => kind,
            var dimensions => $"{kind}[{string.Join(", ", dimensions)}]",
        };
    }

    private static string Sentence(List<string> removed, List<string> added)
    {
        IEnumerable<string> parts =
        [
            .. removed.Count > 0 ? [$"{DifferenceList.Quote(removed)} {(removed.Count == 1 ? "is" : "are")} gone"] : Array.Empty<string>(),
            .. added.Count > 0 ? [$"{DifferenceList.Quote(added)} {(added.Count == 1 ? "is" : "are")} new"] : Array.Empty<string>(),
        ];
        return $"{string.Join(", ", parts)}.";
    }

    private static JsonArray Values(ClassLabels classes, IReadOnlyList<string> names) =>
        new([.. names.Take(DifferenceList.MostItems).Select(name => classes.ValueOf(classes.IndexOfWritten(name)))]);

    private static string WordOf(ClassKind kind) => kind switch
    {
        ClassKind.Text => "strings",
        ClassKind.Integer => "whole numbers",
        ClassKind.Number => "numbers",
        _ => "booleans",
    };
}
