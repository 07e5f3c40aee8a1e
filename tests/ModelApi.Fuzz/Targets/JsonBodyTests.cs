using System.Text.Json;
using System.Text.Unicode;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Fuzz.Targets;

/// <summary>The reader of JSON bodies by itself, with its budgets of processor time and memory.</summary>
public sealed class JsonBodyTests
{
    private const int MostBytes = 1_000_000;
    private const int BytesPerByte = 4;

    // Where a literal such as "true" is misspelt, the platform's parser copies the rest of the text into its message: a string of it, and
    // another one of the whole message.
    private const int BytesPerMalformedByte = 8;

    // A row has room for every feature, also for those it leaves out: a number takes 8 bytes, a text 12. Columns double as they grow, so
    // that those outgrown take as much again, and the last is at worst half empty.
    private const int BytesPerValue = 12;
    private const int GrownColumns = 4;

    private static readonly ReadLimits Limits = new();

    private readonly IReadOnlyList<ModelSchema> _models = ModelSchema.ReadAll(Repository.Models);
    private readonly Dictionary<string, Bundle> _bundles = [];

    [Fact]
    public async Task Bodies_are_read_or_refused_within_their_budget()
    {
        foreach (var model in _models)
        {
            var bundle = await new BundleReader().ReadAsync(Path.Combine(Repository.Models, model.Name, "1"), CancellationToken.None);
            _bundles.Add(model.Name, bundle);
        }

        await Fuzzing.RunAsync("json", 0.2, Generate, sample =>
        {
            // A sample of the corpus is for every model.
            var name = sample.Kind.Split(": ")[0];
            foreach (var bundle in _bundles.TryGetValue(name, out var only) ? [only] : _bundles.Values.ToArray())
            {
                Check(bundle, sample.Content);
            }

            return Task.CompletedTask;
        });
    }

    private Sample Generate(Random random)
    {
        var model = random.Pick(_models);
        var sample = new JsonBodies(model).Next(random);
        var content = random.Chance(0.05) ? Grow(random, sample.Content) : sample.Content;
        return new Sample($"{model.Name}: {sample.Kind}", content);
    }

    // A part of the body again and again: what costs little once may cost much a hundred thousand times.
    private static byte[] Grow(Random random, byte[] body)
    {
        if (body.Length == 0)
        {
            return body;
        }

        var from = random.Next(body.Length);
        var part = body[from..random.Next(from + 1, body.Length + 1)];
        var end = from + part.Length;
        var copies = Enumerable.Repeat(part, random.Length(MostBytes) / part.Length).SelectMany(bytes => bytes);
        return [.. body[..end], .. copies, .. body[end..]];
    }

    private static void Check(Bundle bundle, byte[] body)
    {
        var signature = bundle.Manifest.Signature;
        var reader = new JsonFeatureReader(signature, Limits);

        // The platform's own parser is the second opinion about what is JSON.
        var isRefused = IsRefusedByParser(body, signature, out var valuesLeftOut);
        var bytes = (long)body.Length * (isRefused ? BytesPerMalformedByte : BytesPerByte);
        bytes += valuesLeftOut * BytesPerValue * GrownColumns;
        var isMalformed = Budget.Check(body.Length, bytes, () => IsMalformed(reader, body, new FeatureBatch(signature)));
        Assert.Equal(isRefused, isMalformed);
    }

    private static bool IsMalformed(JsonFeatureReader reader, byte[] body, FeatureBatch batch)
    {
        try
        {
            reader.Read(body, batch, new Findings());
            return false;
        }
        catch (MalformedJsonException)
        {
            return true;
        }
    }

    private static bool IsRefusedByParser(byte[] body, Signature signature, out long valuesLeftOut)
    {
        valuesLeftOut = 0;
        var text = body.AsMemory();
        if (text.Span.StartsWith("\uFEFF"u8))
        {
            text = text["\uFEFF"u8.Length..];
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
            valuesLeftOut = CountLeftOut(document.RootElement, signature);
            return !Utf8.IsValid(text.Span);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static long CountLeftOut(JsonElement root, Signature signature)
    {
        // The first key, as the reader has it; looking for one by name throws on half of a surrogate pair.
        var rows = root.ValueKind == JsonValueKind.Object ? root.EnumerateObject().Select(member => member.Value).FirstOrDefault() : root;
        return rows.ValueKind == JsonValueKind.Array
            ? rows.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object)
                .Sum(row => (long)Math.Max(0, signature.Features.Count - row.GetPropertyCount()))
            : 0;
    }
}
