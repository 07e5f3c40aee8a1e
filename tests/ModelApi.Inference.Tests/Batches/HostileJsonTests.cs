using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Batches;

/// <summary>Bodies made to cost the server much: what reading them costs grows with their size, and no faster.</summary>
public sealed class HostileJsonTests
{
    private const int Size = 2_000_000;

    // Ten times what an optimized reader needs, because this one is not, and tests share their cores.
    private const double MillisecondsPerMegabyte = 250;
    private const long SmallAllocation = 64 * 1024;
    // The parser quotes a word that it does not know in its exception.
    private const int AllocatedPerByte = 8;

    private static readonly Signature Narrow = new(
    [
        new Feature { Name = "age", Type = FeatureType.Integer, Example = 41 },
        new Feature
        {
            Name = "marital",
            Type = FeatureType.String,
            Categories = new CategoryTable(["divorced", "married", "single"]),
            Example = "single",
        },
        new Feature { Name = "income", Type = FeatureType.Number, Nullable = true, Example = 1.5 },
        new Feature { Name = "note", Type = FeatureType.String, Nullable = true, Example = "ab" },
    ]);

    private static readonly Signature Wide = new(
    [
        .. Enumerable.Range(0, 1999).Select(i => new Feature
        {
            Name = $"a_feature_with_a_long_name_that_resembles_all_others_{i:0000}",
            Type = FeatureType.Number,
            Example = 1,
        }),
        new Feature
        {
            Name = "kind",
            Type = FeatureType.String,
            Categories = new CategoryTable([.. Enumerable.Range(0, 2000).Select(i => $"a category with a long name, number {i:0000}")]),
            Example = "a category with a long name, number 0000",
        },
    ]);

    public static TheoryData<string> Kinds => new(Bodies.Keys);

    private static readonly Dictionary<string, Func<string>> Bodies = new()
    {
        ["one name, half of a surrogate pair"] = () => Row("\"\\ud800\":1"),
        ["names, half of a surrogate pair"] = () => Row(i => $"\"\\udfff{i}\":1"),
        ["names in escapes"] = () => Row(i => $"\"\\u0061g\\u0065{i}\":1"),
        ["unknown names"] = () => Row(i => $"\"k{i}\":1"),
        ["names that resemble a feature"] = () => Row(i => $"\"incom{i % 10}\":1"),
        ["one feature many times"] = () => Row("\"age\":1"),
        ["one feature many times, of the wrong type"] = () => Row("\"age\":\"NaN\""),
        ["names that are empty"] = () => Row("\"\":1"),
        ["one long name"] = () => $"{{\"{new string('k', Size)}\":1}}",
        ["one long name in escapes"] = () => $"{{\"{Repeat("\\u0000", "")}\":1}}",
        ["a long first name, half of a surrogate pair"] = () => $"{{\"{Repeat("\\u0041", "")}\\ud800\":1}}",
        ["names of 200 bytes"] = () => Row(i => $"\"{i:0000000}{new string('n', 193)}\":1"),
        ["keys beside the rows"] = () => "{\"instances\":[{\"age\":1}]," + Repeat("\"\\ud800\":1", ",") + "}",
        ["the form of another server, and many keys"] = () => "{\"inputs\":[]," + Repeat("\"x\":1", ",") + "}",
        ["empty rows"] = () => Rows("{}"),
        ["rows that are no objects"] = () => Rows("1"),
        ["rows that are arrays"] = () => Rows("[]"),
        ["rows with an unknown key"] = () => Rows("{\"x\":1}"),
        ["rows of wrong types"] = () => Rows("{\"age\":\"x\",\"marital\":1,\"income\":[],\"note\":{}}"),
        ["rows with an unknown category"] = () => Rows("{\"age\":1,\"marital\":\"maried\"}"),
        ["rows of a text that is half of a surrogate pair"] = () => Rows("{\"age\":1,\"marital\":\"\\ud800\",\"note\":\"\\udc00x\"}"),
        ["a long text"] = () => $$"""{"note":"{{new string('x', Size)}}"}""",
        ["a long text in escapes"] = () => $$"""{"note":"{{Repeat("\\u0000", "")}}"}""",
        ["a long category"] = () => $$"""{"marital":"{{new string('x', Size)}}"}""",
        ["texts at the limit"] = () => Rows($$"""{"age":1,"marital":"single","note":"{{new string('x', 99_900)}}"}"""),
        ["a long number"] = () => $$"""{"age":{{new string('1', Size)}}}""",
        ["a long fraction"] = () => $$"""{"income":0.{{new string('0', Size)}}1}""",
        ["a long exponent"] = () => $$"""{"income":1e{{new string('9', Size)}}}""",
        ["a long negative exponent"] = () => $$"""{"income":1e-{{new string('9', Size)}}}""",
        ["numbers halfway between two others"] = () => Rows(
            """{"age":1,"marital":"single","income":2.22507385850720113605740979670913197593481954635164564e-300}"""),
        ["a value of many arrays"] = () => $$"""{"age":[{{Repeat("[]", ",")}}]}""",
        ["an unknown value of many objects"] = () => $$"""{"x":[{{Repeat("{\"\":{}}", ",")}}]}""",
        ["nested deeply"] = () => new string('[', Size),
        ["nested deeply after a name"] = () => Repeat("{\"a\":", ""),
        ["blanks"] = () => new string(' ', Size) + "{",
        ["lines"] = () => "{" + new string('\n', Size) + "x",
        ["a fault at the end of many values"] = () => $"[{Repeat("[]", ",")},}}",
        ["a fault at the end of a text"] = () => $"[\"{new string('x', Size)}",
        ["a fault after many escapes"] = () => $"[\"{Repeat("\\n", "")}\\x\"]",
        ["a long word"] = () => $"[{new string('t', Size)}]",
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reading_costs_no_more_than_the_size_of_the_body(string kind)
    {
        var body = Encoding.UTF8.GetBytes(Bodies[kind]());

        var cost = BestOf(3, Narrow, body);

        AssertCheap(cost, body.Length);
    }

    [Theory]
    [InlineData("{\"x\":1}", 20_000)]
    [InlineData("{\"a_feature_with_a_long_name_that_resembles_all_others_00x0\":1}", 100)]
    [InlineData("{\"kind\":\"a category with a long name, numbr 00x0\"}", 100)]
    public void A_small_body_for_a_wide_model_is_not_compared_with_every_name_again_and_again(string row, int rows)
    {
        var body = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(row, rows))}]");

        var cost = BestOf(3, Wide, body);

        Assert.InRange(cost.Milliseconds, 0, 100);
        Assert.Equal(Findings.Limit, cost.Findings.Errors.Count);
    }

    [Fact]
    public void A_deadline_ends_the_reading_within_a_few_thousand_tokens()
    {
        foreach (var (kind, make) in Bodies.Where(body => body.Key is not ("nested deeply" or "nested deeply after a name" or "blanks")))
        {
            var body = Encoding.UTF8.GetBytes(make());
            if (Tokens(body) < 20_000)
            {
                continue;
            }

            using var deadline = new CancellationTokenSource();
            deadline.Cancel();

            var exception = Record.Exception(
                () => new JsonFeatureReader(Narrow, new ReadLimits()).Read(body, new FeatureBatch(Narrow), new Findings(), deadline.Token));

            Assert.True(exception is OperationCanceledException, $"{kind}: {exception}");
        }
    }

    [Fact]
    public void A_hundred_unknown_names_are_told_and_the_others_counted()
    {
        var findings = new Findings();

        new JsonFeatureReader(Narrow, new ReadLimits()).Read(
            Encoding.UTF8.GetBytes(Row(i => $"\"\\ud800{i}\":1")), new FeatureBatch(Narrow), findings);

        Assert.Equal(100, findings.Errors.Count);
        Assert.Equal("\\ud8000", findings.Errors[0].Feature);
        Assert.InRange(findings.ErrorsOmitted, 100_000, int.MaxValue);
    }

    private static Cost BestOf(int times, Signature signature, byte[] body) =>
        Enumerable.Range(0, times).Select(_ => Measure(signature, body)).MinBy(cost => cost.Milliseconds)!;

    private static Cost Measure(Signature signature, byte[] body)
    {
        var reader = new JsonFeatureReader(signature, new ReadLimits());
        var (batch, findings) = (new FeatureBatch(signature), new Findings());
        var exceptions = 0;
        var thread = Environment.CurrentManagedThreadId;
        EventHandler<FirstChanceExceptionEventArgs> count = (_, _) => exceptions += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;
        try
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            try
            {
                reader.Read(body, batch, findings);
            }
            catch (MalformedJsonException)
            {
                // Counted, as the parser's own.
            }

            var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return new Cost(milliseconds, GC.GetAllocatedBytesForCurrentThread() - allocated, exceptions, findings);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= count;
        }
    }

    private static void AssertCheap(Cost cost, int length)
    {
        // Malformed JSON is two: the parser's and ours.
        Assert.InRange(cost.Exceptions, 0, 2);
        Assert.InRange(cost.Milliseconds, 0, 5 + (MillisecondsPerMegabyte * length / 1_000_000));
        Assert.InRange(cost.Allocated, 0, SmallAllocation + ((long)AllocatedPerByte * length));
    }

    private static int Tokens(byte[] body) => body.AsSpan().Count((byte)',') + body.AsSpan().Count((byte)'[');

    private static string Row(string member) => $"{{{Repeat(member, ",")}}}";

    private static string Row(Func<int, string> member)
    {
        var text = new StringBuilder("{");
        for (var i = 0; text.Length < Size; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(member(i));
        }

        return text.Append('}').ToString();
    }

    private static string Rows(string row) => $"[{Repeat(row, ",")}]";

    private static string Repeat(string part, string separator) =>
        string.Join(separator, Enumerable.Repeat(part, Size / (part.Length + separator.Length)));

    private sealed record Cost(double Milliseconds, long Allocated, int Exceptions, Findings Findings);
}
