using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ModelApi.Identity;

/// <summary>The SHA-256 of a key or token, which stands for it wherever one is looked up.</summary>
/// <remarks>
/// Its first bytes choose what it is compared with. They tell a caller nothing: finding a text whose SHA-256 begins like
/// another's, bit by bit, is as hard as guessing. The rest is compared in constant time.
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
        var utf8 = token.Length <= MaxStackBytes / 3 ? stackalloc byte[MaxStackBytes] : new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], sha256);
        return new TokenDigest(sha256);
    }

    /// <param name="sha256">64 hexadecimal digits.</param>
    public static TokenDigest Parse(string sha256) => new(Convert.FromHexString(sha256));

    public bool Equals(TokenDigest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is TokenDigest other && Equals(other);

    public override int GetHashCode() => (int)_a;
}
