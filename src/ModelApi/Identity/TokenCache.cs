using System.Collections.Concurrent;

namespace ModelApi.Identity;

/// <summary>JSON Web Tokens that were found to be good, for as long as that may be believed.</summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">The most tokens that are kept.</param>
internal sealed class TokenCache(TimeProvider time, int capacity = 4096)
{
    // A key that the authority takes back is refused after as long at the latest.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<TokenDigest, Caller> _callers = new();

    public int Count => _callers.Count;

    /// <summary>Whom the token is for, or null where it has to be checked.</summary>
    public Caller? Find(ReadOnlySpan<char> token) =>
        !_callers.IsEmpty && _callers.TryGetValue(TokenDigest.Of(token), out var caller) && time.GetUtcNow() < caller.Expires ? caller : null;

    /// <summary>Keeps a token that was checked.</summary>
    /// <param name="token">The token.</param>
    /// <param name="caller">Whom it is for, until it expires.</param>
    public void Add(ReadOnlySpan<char> token, Caller caller)
    {
        var now = time.GetUtcNow();
        if (_callers.Count >= capacity)
        {
            MakeRoom(now);
        }

        var latest = now + Longest;
        _callers[TokenDigest.Of(token)] = caller.Expires <= latest ? caller : new Caller(caller, latest);
    }

    // Only good tokens get here, so that a full cache is rare, and beginning anew costs one check of each.
    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (digest, caller) in _callers)
        {
            if (caller.Expires <= now)
            {
                _callers.TryRemove(digest, out _);
            }
        }

        if (_callers.Count >= capacity)
        {
            _callers.Clear();
        }
    }
}
