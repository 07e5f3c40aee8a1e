using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Requests;

/// <summary>Bodies of requests, made of a signature's example.</summary>
internal static class RequestJson
{
    /// <summary>One object for one row, an array for more.</summary>
    public static string Of(Signature signature, int rows)
    {
        var row = signature.Example().ToJsonString();
        return rows == 1 ? row : $"[{string.Join(',', Enumerable.Repeat(row, rows))}]";
    }
}
