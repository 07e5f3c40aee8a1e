using System.Text;
using System.Text.Json;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Tests.Batches;

public sealed class JsonFaultTests
{
    private const int MaxDepth = 4;

    [Theory]
    [InlineData("{\"age\":41,}", "A comma stands before the closing '}'; leave it out.")]
    [InlineData("[{\"age\":41},]", "A comma stands before the closing ']'; leave it out.")]
    [InlineData("{\"age\":41,,\"x\":1}", "A comma follows another one; leave it out.")]
    [InlineData("{,\"age\":41}", "A comma stands before anything that it could separate; leave it out.")]
    [InlineData("[,1]", "A comma stands before anything that it could separate; leave it out.")]
    [InlineData("{\"age\":41 \"x\":1}", "A comma is missing before the next name.")]
    [InlineData("[{\"age\":41} {\"age\":42}]", "A comma is missing before the next value.")]
    [InlineData("{\"job\":\"student\"; \"x\":1}", "A comma or the closing '}' is expected here.")]
    [InlineData("{\"age\" 41}", "A ':' is missing after the name.")]
    [InlineData("{\"age\"}", "A ':' and a value are missing after the name.")]
    [InlineData("{\"age\":}", "A value is missing after the ':'.")]
    [InlineData("{\"age\":,\"x\":1}", "A value is missing after the ':'.")]
    [InlineData(
        "{\"age\"::41}",
        "A value is expected here: a number, a string in double quotes, true, false, null, an object or an array.")]
    [InlineData("{age:41}", "A name must stand in double quotes.")]
    [InlineData("{'age':41}", "Names and strings must stand in double quotes, not single ones.")]
    [InlineData("{\"job\":'student'}", "Names and strings must stand in double quotes, not single ones.")]
    [InlineData("{“age”:41}", "Names and strings must stand in straight double quotes.")]
    [InlineData("{\"job\":student}", "Text must stand in double quotes.")]
    [InlineData("{\"age\":NaN}", "JSON has no NaN or Infinity; write null for a missing value.")]
    [InlineData("{\"age\":-Infinity}", "JSON has no NaN or Infinity; write null for a missing value.")]
    [InlineData("{\"age\":None}", "A missing value is written as null, in lower case.")]
    [InlineData("{\"age\":True}", "true and false are written in lower case.")]
    [InlineData("{\"age\":041}", "A number may not begin with 0 before other digits.")]
    [InlineData("{\"age\":-01}", "A number may not begin with 0 before other digits.")]
    [InlineData("{\"age\":+41}", "A number may not begin with '+'.")]
    [InlineData("{\"age\":.5}", "A number needs a digit before its point, as in 0.5.")]
    [InlineData("{\"age\":5.}", "The number is not valid JSON; numbers look like 41, -0.5 or 1e3.")]
    [InlineData("{\"age\":1e}", "The number is not valid JSON; numbers look like 41, -0.5 or 1e3.")]
    [InlineData("{\"age\":1,5}", "A name in double quotes is expected here; write a fraction with a point, as in 1.5.")]
    [InlineData("{\"age\":41", "The JSON ends too early; a closing '}' is missing.")]
    [InlineData("[{\"age\":41}", "The JSON ends too early; a closing ']' is missing.")]
    [InlineData("{", "The JSON ends too early; a closing '}' is missing.")]
    [InlineData("{\"age\":41,", "The JSON ends too early; after the comma, a name or the rest is missing.")]
    [InlineData("{\"age\"", "The JSON ends too early; a ':' and a value are missing after the name.")]
    [InlineData("{\"age\":", "The JSON ends too early; a value is missing.")]
    [InlineData("{\"age\":tru", "The JSON ends too early; a value is missing.")]
    [InlineData("{\"age", "A string is not closed; a double quote is missing at its end.")]
    [InlineData("{\"age\":\"x\\", "A string is not closed; a double quote is missing at its end.")]
    [InlineData("{\"job\":\"a\nb\"}", "A string is not closed on its line; if it holds a line break, write that as '\\n'.")]
    [InlineData("{\"job\":\"a\tb\"}", "A string holds a control character; write it as an escape, such as '\\t'.")]
    [InlineData("{\"job\":\"C:\\data\"}", "A backslash in a string begins no valid escape; write a backslash itself as '\\\\'.")]
    [InlineData("{\"job\":\"\\u12G4\"}", "A backslash in a string begins no valid escape; write a backslash itself as '\\\\'.")]
    [InlineData("{\"age\":41}}", "A '}' closes nothing; leave it out.")]
    [InlineData("[{\"age\":41]}", "A ']' stands where '}' is expected.")]
    [InlineData("{\"age\":41}\n{\"age\":42}", "More text follows the end of the JSON; several rows need an array around them: [{…}, {…}].")]
    [InlineData("// a comment\n{}", "JSON has no comments; leave it out.")]
    [InlineData("{\"age\":41 /* years */}", "JSON has no comments; leave it out.")]
    [InlineData("# a comment", "JSON has no comments; leave it out.")]
    [InlineData("age=41&job=student", "This is not JSON; a JSON object begins with '{' and an array with '['.")]
    [InlineData("<age>41</age>", "This is not JSON; a JSON object begins with '{' and an array with '['.")]
    [InlineData("}", "This is not JSON; a JSON object begins with '{' and an array with '['.")]
    [InlineData("[[[[[1]]]]]", "The JSON is nested more than 4 levels deep.")]
    [InlineData(" \n ", "The body is empty; send a JSON object with the features.")]
    public void Each_fault_is_explained_in_plain_words(string json, string expected)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);

        Assert.Equal(expected, JsonFault.Explain(Refuse(utf8)!, utf8, MaxDepth).Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData(" [1, -0.5e+3 ,0,\"\\u00e9\\n\",true,false,null,{},{\"a\":[[]]}]\r\n")]
    public void Well_formed_JSON_has_no_fault(string json) => Assert.Null(JsonFault.Find(Encoding.UTF8.GetBytes(json), MaxDepth));

    [Fact]
    public void A_fault_is_found_in_just_those_texts_that_the_parser_refuses()
    {
        var random = new Random(20261124);
        var texts = new[]
        {
            """{"age":41,"job":"a\n\u00e9","balance":-1.5e+3,"housing":true,"x":[null,{"y":[]}]}""",
            """[{"a":0},{"b":[1,2,3]},"text",false]""",
        };
        var alphabet = "{}[]\",:0123456789.eE+-truefalsnNI'/#\\u \n\t"u8.ToArray();
        var (refused, accepted) = (0, 0);
        for (var i = 0; i < 100_000; i++)
        {
            var json = Encoding.UTF8.GetBytes(texts[random.Next(texts.Length)]).ToList();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(json.Count);
                switch (random.Next(4))
                {
                    case 0:
                        json.RemoveAt(at);
                        break;
                    case 1:
                        json.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                    case 2:
                        json[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    default:
                        json.RemoveRange(at, random.Next(json.Count - at) / 8);
                        break;
                }
            }

            byte[] mutated = [.. json];
            var refusal = Refuse(mutated);
            var fault = JsonFault.Find(mutated, MaxDepth);

            Assert.True(refusal is null == fault is null, $"{Encoding.UTF8.GetString(mutated)}\n{refusal?.Message}\n{fault}");
            (refused, accepted) = refusal is null ? (refused, accepted + 1) : (refused + 1, accepted);
        }

        Assert.True(refused > 10_000 && accepted > 1_000, $"{refused} refused, {accepted} accepted");
    }

    private static JsonException? Refuse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException exception)
        {
            return exception;
        }
    }
}
