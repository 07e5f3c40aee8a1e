using System.Text;
using System.Text.Json.Nodes;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Contracts;
using ModelApi.Inference.Signatures;
using static ModelApi.Inference.Tests.Fixtures.ContractManifests;

namespace ModelApi.Inference.Tests.Contracts;

public sealed class ContractTests
{
    private const string Row = """
        {"age":40,"income":null,"city":"Bern","note":"fine","member":false,"pixels":[[1,2],[3,4]],"plan":null}
        """;

    /// <summary>Each change of a request: what it does to the manifest, its difference, and a row that the old version takes.</summary>
    public static TheoryData<string, string, ContractChange, bool> RequestChanges => new()
    {
        { "remove income", "$.features[1]", ContractChange.Removed, true },
        { "rename city town", "$.features[2].name", ContractChange.Renamed, true },
        { "rename income incomes", "$.features[1].name", ContractChange.Renamed, true },
        { """add {"name":"zip","type":"string","example":"1"}""", "$.features[7]", ContractChange.Added, true },
        { """add {"name":"zip","type":"string","nullable":true,"example":"1"}""", "$.features[7]", ContractChange.Added, false },
        { """set income type "integer" """, "$.features[1].type", ContractChange.Changed, true },
        { "set income nullable false", "$.features[1].nullable", ContractChange.Narrowed, true },
        { "set age nullable true", "$.features[0].nullable", ContractChange.Widened, false },
        { "set age minimum 16", "$.features[0].minimum", ContractChange.Widened, false },
        { "set age minimum null", "$.features[0].minimum", ContractChange.Widened, false },
        { "set age minimum 41", "$.features[0].minimum", ContractChange.Narrowed, false },
        { "set age maximum 99", "$.features[0].maximum", ContractChange.Widened, false },
        { "set age maximum 39", "$.features[0].maximum", ContractChange.Narrowed, false },
        { "set income maximum 1000", "$.features[1].maximum", ContractChange.Narrowed, false },
        { """set city categories ["Oslo","Bern","Rome","Riga"]""", "$.features[2].categories", ContractChange.Widened, false },
        { """set city categories ["Rome","Oslo"]""", "$.features[2].categories", ContractChange.Narrowed, true },
        { "set city categories null", "$.features[2].categories", ContractChange.Widened, false },
        { """set note categories ["good"]""", "$.features[3].categories", ContractChange.Narrowed, true },
        { "set note minimumLength 5", "$.features[3].minimumLength", ContractChange.Narrowed, true },
        { "set note minimumLength 1", "$.features[3].minimumLength", ContractChange.Widened, false },
        { "set note maximumLength 3", "$.features[3].maximumLength", ContractChange.Narrowed, true },
        { "set note maximumLength 20", "$.features[3].maximumLength", ContractChange.Widened, false },
        { "set pixels shape [4]", "$.features[5].shape", ContractChange.Changed, true },
        { """set plan missingCategory "b" """, "$.features[6].missingCategory", ContractChange.Changed, false },
        { """set age description "In years." """, "$.features[0].description", ContractChange.Changed, false },
        { "set age example 41", "$.features[0].example", ContractChange.Changed, false },
        { "reverse", "$.features", ContractChange.Reordered, false },
        { """top instancesKey "items" """, "$.instancesKey", ContractChange.Renamed, true },
        { """top unknownCategory "encode-as-missing" """, "$.unknownCategory", ContractChange.Widened, false },
        { """top description "Other words." """, "$.description", ContractChange.Changed, false },
        { "top tolerance 0.000001", "$.tolerance", ContractChange.Changed, false },
    };

    /// <summary>Each change of an answer.</summary>
    public static TheoryData<string, string, ContractChange, bool> AnswerChanges => new()
    {
        { """top target {"name":"returns"}""", "$.target.name", ContractChange.Changed, true },
        { """top classes ["no","yes"]""", "$.classes", ContractChange.Changed, true },
        { """top classes ["no","yes","later","never"]""", "$.classes", ContractChange.Changed, true },
        { """top classes ["yes","no","later"]""", "$.classes", ContractChange.Reordered, false },
        { "top classes [0,1,2]", "$.classes", ContractChange.Changed, true },
        { """top outputs {"label":"label","others":["raw"]}""", "$.outputs", ContractChange.Removed, true },
        { """top outputs {"label":"label","scores":"s","others":["raw"]}""", "$.outputs", ContractChange.Removed, true },
    };

    [Theory]
    [MemberData(nameof(RequestChanges))]
    public void A_change_of_requests_breaks_when_the_new_version_refuses_a_row_of_the_old(
        string edit, string path, ContractChange change, bool isBreaking)
    {
        var (old, @new) = (Read(Classifier), Read(Edit(edit)));

        var comparison = Contract.Compare(old, @new);

        // An example that is no longer valid had to change too.
        var difference = Assert.Single(
            comparison.Differences,
            difference => edit.Contains("example") || !difference.Path.EndsWith("example", StringComparison.Ordinal));
        Assert.Equal((path, change, isBreaking), (difference.Path, difference.Change, difference.IsBreaking));
        Assert.Equal(isBreaking, comparison.IsBreaking);
        var row = edit.Contains("minimumLength") ? Row.Replace("fine", "ok", StringComparison.Ordinal) : Row;
        var json = $$"""{"rows":[{{row}}]}""";
        Assert.True(Takes(old, json));
        if (!edit.StartsWith("set income type", StringComparison.Ordinal))
        {
            Assert.Equal(!isBreaking, Takes(@new, json));
        }
    }

    [Theory]
    [MemberData(nameof(AnswerChanges))]
    public void A_change_of_answers_breaks_when_their_form_or_meaning_is_another(
        string edit, string path, ContractChange change, bool isBreaking)
    {
        var comparison = Contract.Compare(Read(Classifier), Read(Edit(edit)));

        var difference = comparison.Differences[0];
        Assert.Equal((path, change, isBreaking), (difference.Path, difference.Change, difference.IsBreaking));
        Assert.Equal(isBreaking, comparison.IsBreaking);
    }

    [Fact]
    public void The_same_contract_has_no_difference()
    {
        var other = JsonNode.Parse(Classifier)!;
        other["version"] = "2";
        other["graphs"] = new JsonArray(new JsonObject { ["file"] = "other.onnx" });
        other["batching"] = new JsonObject { ["mode"] = "off" };

        var comparison = Contract.Compare(Read(Classifier), Read(other.ToJsonString()));

        Assert.Empty(comparison.Differences);
        Assert.False(comparison.IsBreaking);
    }

    [Fact]
    public void A_difference_says_what_was_what_is_and_what_it_means()
    {
        var comparison = Contract.Compare(
            Read(Classifier), Read(Edit("""set city categories ["Rome","Oslo","Riga"]""", """top classes ["no","maybe","later"]""")));

        Assert.Collection(
            comparison.Differences,
            classes =>
            {
                Assert.Equal(("""["yes"]""", """["maybe"]"""), (classes.Old!.ToJsonString(), classes.New!.ToJsonString()));
                Assert.Equal("The classes changed: 'yes' is gone, 'maybe' is new.", classes.Message);
            },
            removed =>
            {
                Assert.Equal(("""["Bern"]""", null), (removed.Old!.ToJsonString(), removed.New));
                Assert.Equal("Feature 'city' no longer knows 'Bern'. Requests with other values are refused.", removed.Message);
            },
            added =>
            {
                Assert.Equal((null, """["Riga"]"""), (added.Old, added.New!.ToJsonString()));
                Assert.Equal("Feature 'city' also takes 'Riga'.", added.Message);
            });
    }

    [Fact]
    public void A_category_that_is_gone_only_warns_where_unknown_ones_are_encoded_as_missing()
    {
        var old = Read(Edit("""top unknownCategory "encode-as-missing" """));
        var @new = Read(Edit("""top unknownCategory "encode-as-missing" """, """set city categories ["Rome","Oslo"]"""));

        var difference = Assert.Single(Contract.Compare(old, @new).Differences);

        Assert.False(difference.IsBreaking);
        Assert.Equal("Feature 'city' no longer knows 'Bern'. Other values are encoded as missing, with a warning.", difference.Message);
        Assert.True(Takes(@new, $$"""{"rows":[{{Row}}]}"""));
    }

    [Fact]
    public void Unknown_categories_that_are_refused_from_now_on_break_clients()
    {
        var difference = Assert.Single(
            Contract.Compare(Read(Edit("""top unknownCategory "encode-as-missing" """)), Read(Classifier)).Differences);

        Assert.Equal(("$.unknownCategory", true), (difference.Path, difference.IsBreaking));
    }

    [Fact]
    public void A_narrower_type_of_number_breaks_clients_and_a_wider_one_does_not()
    {
        var bytes = new NumberRange(0, 255, true, "from 0 to 255");
        var whole = new NumberRange(long.MinValue, long.MaxValue, true, "a 64-bit whole number");

        var narrower = Assert.Single(Compare(FeatureType.Number, NumberRange.Float, bytes).Differences);
        Assert.Equal((ContractChange.Narrowed, true), (narrower.Change, narrower.IsBreaking));
        var wider = Assert.Single(Compare(FeatureType.Number, bytes, NumberRange.Float).Differences);
        Assert.Equal((ContractChange.Widened, false), (wider.Change, wider.IsBreaking));
        Assert.True(Compare(FeatureType.Number, NumberRange.Float, whole).IsBreaking);

        // An integer feature is bounded by 2^53 in any case.
        Assert.Empty(Compare(FeatureType.Integer, NumberRange.Float, whole).Differences);

        static ContractComparison Compare(FeatureType type, NumberRange old, NumberRange @new)
        {
            var manifest = Read(Classifier);
            return Contract.Compare(With(old), With(@new));

            BundleManifest With(NumberRange range) => manifest with
            {
                Signature = new Signature([new Feature { Name = "x", Type = type, Range = range, Example = 1 }]),
            };
        }
    }

    [Fact]
    public void Answers_are_compared_with_their_members_and_other_outputs()
    {
        var label = new AnswerShape { LabelColumns = 1, Numbers = NumberKind.None, NumberColumns = 0 };
        var scores = label with { Numbers = NumberKind.Scores, NumberColumns = 3 };
        var output = new OtherOutput("raw", OtherKind.Float, [3]);

        Assert.Equal(["Answers also hold 'scores'."], Compare(label, scores));
        Assert.Equal(["! Answers no longer hold 'scores'."], Compare(scores, label));
        Assert.Equal(
            ["! Answers no longer hold 'scores'.", "Answers also hold 'probabilities'."],
            Compare(scores, scores with { Numbers = NumberKind.Probabilities }));
        Assert.Equal(
            ["The numbers of an answer are 64-bit floats (before: 32-bit floats)."], Compare(scores, scores with { AreDoubles = true }));
        Assert.Equal(
            ["Answers also hold 'outputs'.", "Answers also hold the output 'raw'."], Compare(label, label with { Others = [output] }));
        Assert.Equal(
            ["! Answers no longer hold 'outputs'.", "! Answers no longer hold the output 'raw'."],
            Compare(label with { Others = [output] }, label));
        Assert.Equal(
            ["! The output 'raw' is number[4] (before: number[3])."],
            Compare(label with { Others = [output] }, label with { Others = [output with { Dimensions = [4] }] }));
        Assert.Equal(
            ["! The output 'raw' is string[] (before: number[3])."],
            Compare(label with { Others = [output] }, label with { Others = [new OtherOutput("raw", OtherKind.Text, null)] }));
        Assert.Empty(Compare(label with { Others = [output] }, label with { Others = [output with { Kind = OtherKind.Double }] }));

        static IEnumerable<string> Compare(AnswerShape old, AnswerShape @new)
        {
            var manifest = Read(Classifier);
            return Contract.Compare(
                manifest with { Signature = manifest.Signature.With(old) }, manifest with { Signature = manifest.Signature.With(@new) })
                .Differences.Select(difference => (difference.IsBreaking ? "! " : "") + difference.Message);
        }
    }

    [Fact]
    public void Another_task_breaks_clients()
    {
        var regression = JsonNode.Parse(Classifier)!.AsObject();
        regression.Remove("classes");
        regression["task"] = "regression";
        regression["outputs"] = new JsonObject { ["value"] = "value", ["others"] = new JsonArray("raw") };
        var several = regression.DeepClone();
        several["targets"] = new JsonArray("price", "weight");
        var other = regression.DeepClone();
        other["targets"] = new JsonArray("weight", "height");
        var reordered = regression.DeepClone();
        reordered["targets"] = new JsonArray("weight", "price");

        Assert.Equal("The task is regression (before: classification).", Compare(JsonNode.Parse(Classifier)!, regression)[0].Message);
        Assert.Equal(
            "Other targets are predicted: 'price', 'weight' are new.", Assert.Single(Compare(regression, several)).Message);
        var changed = Assert.Single(Compare(several, other));
        Assert.Equal(
            (true, "Other targets are predicted: 'price' is gone, 'height' is new."), (changed.IsBreaking, changed.Message));
        var order = Assert.Single(Compare(several, reordered));
        Assert.Equal((false, ContractChange.Reordered), (order.IsBreaking, order.Change));

        static IReadOnlyList<ContractDifference> Compare(JsonNode old, JsonNode @new) =>
            Contract.Compare(Read(old.ToJsonString()), Read(@new.ToJsonString())).Differences;
    }

    [Fact]
    public void A_renamed_feature_is_compared_with_its_former_self()
    {
        var differences = Contract.Compare(Read(Classifier), Read(Edit("rename income incomes", "set incomes nullable false"))).Differences;

        Assert.Equal(["$.features[1].name", "$.features[1].nullable"], differences.Select(difference => difference.Path));
    }

    [Fact]
    public void Thousands_of_changed_names_and_categories_are_compared_and_listed_within_bounds()
    {
        var manifest = Read(Classifier);
        BundleManifest With(string prefix) => manifest with
        {
            Signature = new Signature([.. Enumerable.Range(0, 5000).Select(i =>
                new Feature { Name = $"{prefix}{i}", Type = FeatureType.Number, Example = 1 })]),
        };
        BundleManifest WithCategories(int count) => manifest with
        {
            Signature = new Signature([new Feature
            {
                Name = "x",
                Type = FeatureType.String,
                Categories = new CategoryTable([.. Enumerable.Range(0, count).Select(i => $"c{i}")]),
                Example = "c0",
            }]),
        };

        Assert.Equal(10_000, Contract.Compare(With("a"), With("b")).Differences.Count);
        var difference = Assert.Single(Contract.Compare(WithCategories(1), WithCategories(50_000)).Differences);
        Assert.Equal(100, difference.New!.AsArray().Count);
        Assert.Equal("Feature 'x' also takes 'c1', 'c2', 'c3', 'c4', 'c5' and 49994 more.", difference.Message);
    }

    private static bool Takes(BundleManifest manifest, string json)
    {
        var findings = new Findings();
        new JsonFeatureReader(manifest.Signature, new ReadLimits())
            .Read(Encoding.UTF8.GetBytes(json), new FeatureBatch(manifest.Signature), findings);
        return !findings.Errors.Any();
    }
}
