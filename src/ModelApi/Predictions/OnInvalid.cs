namespace ModelApi.Predictions;

/// <summary>What happens to a request that holds rows which are not valid.</summary>
internal enum OnInvalid
{
    /// <summary>None of its rows is scored.</summary>
    Reject,

    /// <summary>The others are scored.</summary>
    Skip,
}

internal static class OnInvalidParameter
{
    public const string Name = "onInvalid";

    public static readonly string[] Values = ["reject", "skip"];

    /// <summary>Reads the query parameter; without it, the request is to be rejected.</summary>
    /// <returns>Whether its value is known.</returns>
    public static bool TryRead(HttpRequest request, out OnInvalid onInvalid)
    {
        onInvalid = OnInvalid.Reject;
        if (!request.QueryString.HasValue || !request.Query.TryGetValue(Name, out var values))
        {
            return true;
        }

        var index = values is [var value] ? Array.IndexOf(Values, value) : -1;
        onInvalid = (OnInvalid)index;
        return index >= 0;
    }
}
