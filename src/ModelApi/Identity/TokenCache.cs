using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace ModelApi.Identity;

/// <summary>Callers of valid JSON Web Tokens, by the SHA-256 of the token, until the token expires or five minutes have passed.</summary>
internal sealed class TokenCache : IDisposable
{
    // A key that the authority revokes is refused after this time at the latest.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;

    // Created with the first token: most servers see none.
    private readonly Lazy<MemoryCache> _callers;

    public TokenCache(TimeProvider time)
        : this(time, capacity: 4096)
    {
    }

    /// <param name="time">The clock.</param>
    /// <param name="capacity">The largest number of tokens. A full cache keeps no new token until it has dropped old ones.</param>
    internal TokenCache(TimeProvider time, int capacity)
    {
        _time = time;
        _callers = new(() => new MemoryCache(new MemoryCacheOptions { SizeLimit = capacity, Clock = new Clock(time) }));
    }

    public int Count => _callers.IsValueCreated ? _callers.Value.Count : 0;

    /// <summary>The token's caller, or null when the token has to be validated.</summary>
    public Caller? Find(ReadOnlySpan<char> token)
    {
        if (!_callers.IsValueCreated)
        {
            return null;
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        TokenDigest.Write(token, sha256);
        return _callers.Value.TryGetValue(AsKey(sha256), out Caller? caller) ? caller : null;
    }

    /// <summary>Keeps a valid token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="caller">Its caller, until it expires.</param>
    public void Add(ReadOnlySpan<char> token, Caller caller)
    {
        var now = _time.GetUtcNow();
        if (caller.Expires <= now)
        {
            return;
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        TokenDigest.Write(token, sha256);
        var latest = now + Longest;
        using var entry = _callers.Value.CreateEntry(AsKey(sha256).ToString());
        entry.Value = caller;
        entry.Size = 1;
        entry.AbsoluteExpiration = caller.Expires <= latest ? caller.Expires : latest;
    }

    public void Dispose()
    {
        if (_callers.IsValueCreated)
        {
            _callers.Value.Dispose();
        }
    }

    // Only a key of characters is found without boxing it or making a string of it.
    private static ReadOnlySpan<char> AsKey(ReadOnlySpan<byte> sha256) => MemoryMarshal.Cast<byte, char>(sha256);

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
