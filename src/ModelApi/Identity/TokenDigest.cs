using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ModelApi.Identity;

/// <summary>The SHA-256 of a key or token: lookups use it in place of the secret.</summary>
/// <remarks>
/// A lookup's duration depends on the digest's first bytes, which tells a caller nothing: a text whose SHA-256 begins like
/// another's is as hard to find as the secret. The rest is compared in constant time.
/// </remarks>
internal readonly struct TokenDigest : IEquatable<TokenDigest>
{
    private const int MaxStackBytes = 1024;

    private readonly long _a;
    private readonly long _b;
    private readonly long _c;
    private readonly long _d;

    private TokenDigest(ReadOnlySpan<byte> sha256)
    {
        _a = BinaryPrimitives.ReadInt64LittleEndian(sha256);
        _b = BinaryPrimitives.ReadInt64LittleEndian(sha256[8..]);
        _c = BinaryPrimitives.ReadInt64LittleEndian(sha256[16..]);
        _d = BinaryPrimitives.ReadInt64LittleEndian(sha256[24..]);
    }

    public static TokenDigest Of(ReadOnlySpan<char> token)
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        Write(token, sha256);
        return new TokenDigest(sha256);
    }

    /// <param name="token">The key or token.</param>
    /// <param name="sha256">Receives 32 bytes.</param>
    public static void Write(ReadOnlySpan<char> token, Span<byte> sha256)
    {
        var utf8 = token.Length <= MaxStackBytes / 3
            ? stackalloc byte[MaxStackBytes]
            : new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], sha256);
    }

    /// <param name="sha256">64 hexadecimal digits.</param>
    public static TokenDigest Parse(string sha256) => new(Convert.FromHexString(sha256));

    public bool Equals(TokenDigest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is TokenDigest other && Equals(other);

    public override int GetHashCode() => (int)_a;
}
