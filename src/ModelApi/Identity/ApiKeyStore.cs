using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ModelApi.Identity;

/// <summary>Finds the user of an API key without ever comparing keys, or digests in a time that depends on them.</summary>
internal sealed class ApiKeyStore
{
    private readonly FrozenDictionary<long, StoredKey[]> _byPrefix;

    public ApiKeyStore(IOptions<IdentityOptions> options)
    {
        var keys = options.Value.ApiKeys.Select(key => new StoredKey(Convert.FromHexString(key.Sha256), PrincipalOf(key.User), key.Expires)).ToList();
        HoldsDevelopmentKey = options.Value.ApiKeys.Any(key => string.Equals(key.Sha256, DevelopmentKey.Sha256, StringComparison.OrdinalIgnoreCase));
        _byPrefix = keys.GroupBy(key => Prefix(key.Sha256)).ToFrozenDictionary(group => group.Key, group => group.ToArray());
    }

    public bool HoldsDevelopmentKey { get; }

    /// <summary>The key's user and expiry, or null for a key that is not known.</summary>
    /// <remarks>
    /// The digest's first bytes choose what to compare with. They tell a caller nothing: finding a key whose SHA-256 begins
    /// like another's, bit by bit, is as hard as guessing. The rest is compared in constant time.
    /// </remarks>
    public StoredKey? Find(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        foreach (var stored in _byPrefix.GetValueOrDefault(Prefix(digest)) ?? [])
        {
            if (CryptographicOperations.FixedTimeEquals(stored.Sha256, digest))
            {
                return stored;
            }
        }

        return null;
    }

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static long Prefix(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadInt64LittleEndian(digest);

    private static ClaimsPrincipal PrincipalOf(string user) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], ApiKeyHandler.Scheme));

    internal sealed record StoredKey(byte[] Sha256, ClaimsPrincipal Principal, DateTimeOffset? Expires);
}
