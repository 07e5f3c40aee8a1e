using System.Text;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Requests with a body as large as the server takes, made to cost as much as possible.</summary>
internal sealed class WorstBodies(IReadOnlyList<ModelSchema> models, HttpRequests requests)
{
    /// <summary>Bytes of a body as the server unpacks it; its default limit is 16 MB.</summary>
    private const int Bytes = 16_700_000;

    private const int Rows = 10_000;

    private IReadOnlyList<(string Name, WireRequest Request)>? _all;

    /// <summary>Every candidate with its name; made once.</summary>
    public IReadOnlyList<(string Name, WireRequest Request)> All => _all ??=
    [
        ("half-surrogate names", Pack("bank", Repeat("{", "\"\\ud800\":1", "}"))),
        ("unknown names", Pack("bank", Repeat("{", "\"ages\":1", "}"))),
        ("names of long escapes", Pack("bank", Repeat("{", "\"\\u0061\\u0067\\u0065\":1", "}"))),
        ("duplicate names", Pack("bank", Repeat("{\"age\":41,", "\"age\":41", "}"))),
        ("rows of nothing", Pack("bank", Repeat("[", "{}", "]"))),
        ("items that are no rows", Pack("bank", Repeat("[", "1", "]"))),
        ("nested arrays", Pack("bank", Repeat("[", "[[[[[[[[]]]]]]]]", "]"))),
        ("blanks", Pack("bank", new string(' ', Bytes))),
        ("long numbers", Pack("bank", $"{{\"age\":{new string('1', Bytes - 20)}}}")),
        ("long text", Pack("project-tags", $"{{\"text\":\"{new string('a', Bytes - 20)}\"}}")),
        ("long text of words", Pack("project-tags", $"{{\"text\":\"{Words(Bytes - 20)}\"}}")),
        ("long text of escapes", Pack("project-tags", $"{{\"text\":\"{Fill("\\u0061", Bytes - 20)}\"}}")),
        ("rows with unknown categories", Pack("credit-risk", Spoilt("credit-risk", "nothing_of_the_kind_0123456789"))),
        ("rows with misspelt categories", Pack("credit-risk", Spoilt("credit-risk", "prior_payments_delaye"))),
        ("rows with every fault", Pack("breast-cancer", Repeat("[", "{\"mean_radiu\":\"a\",\"mean_texture\":[],\"x\":{}}", "]", Rows))),
        ("valid rows of the largest model", Pack("wine-quality", Golden("wine-quality"))),
        ("valid rows, not encoded", Plain("wine-quality", Golden("wine-quality"))),
        ("half-surrogate names, not encoded", Plain("bank", Repeat("{", "\"\\ud800\":1", "}"))),
    ];

    private WireRequest Pack(string model, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return requests.Predict($"/models/{model}/predict", Encodings.Pack("gzip", body), ["Content-Encoding: gzip"]) with
        {
            UnpackedBytes = body.Length,
        };
    }

    private WireRequest Plain(string model, string json) => requests.Predict($"/models/{model}/predict", Encoding.UTF8.GetBytes(json), []);

    private string Golden(string model)
    {
        var rows = Model(model).Golden;
        return $"[{string.Join(',', Enumerable.Range(0, Rows).Select(i => rows[i % rows.Count].Input))}]";
    }

    private string Spoilt(string model, string category)
    {
        var features = Model(model).Features.Select(feature => $"\"{feature.Name}\":\"{category}\"");
        return Repeat("[", $"{{{string.Join(',', features)}}}", "]", Rows);
    }

    private ModelSchema Model(string name) => models.First(model => model.Name == name);

    private static string Repeat(string start, string item, string end, int most = int.MaxValue)
    {
        var count = Math.Min(most, (Bytes - start.Length) / (item.Length + 1));
        return new StringBuilder(Bytes).Append(start).AppendJoin(',', Enumerable.Repeat(item, count)).Append(end).ToString();
    }

    private static string Fill(string item, int length) => string.Concat(Enumerable.Repeat(item, length / item.Length));

    // Every word is another one, so that no cache helps.
    private static string Words(int length)
    {
        var text = new StringBuilder(length + 8);
        for (var i = 0; text.Length < length; i++)
        {
            text.Append('w').Append(i).Append(' ');
        }

        return text.ToString(0, length);
    }
}
