using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace ModelApi.Deployments.Archives;

/// <summary>The digests of a message's content that its sender knows: the field <c>Content-Digest</c> (RFC 9530, section 2).</summary>
/// <remarks>
/// SHA-256 and SHA-512 are compared. Other algorithms are not, as the RFC allows: those that it names beside them are broken, or
/// checksums against accidents. Where a member comes twice, the last one counts (RFC 9651, section 3.2).
/// </remarks>
internal sealed partial class ContentDigest
{
    /// <summary>The field's name.</summary>
    public const string Field = "Content-Digest";

    /// <summary>What the field must be, to follow "as".</summary>
    public const string Expected = "a list such as sha-256=:<the digest in base64>:";

    private const string Sha256 = "sha-256";
    private const string Sha512 = "sha-512";

    private readonly Dictionary<string, byte[]> _digests = new(StringComparer.Ordinal);

    /// <summary>No digests.</summary>
    public static ContentDigest None { get; } = new();

    /// <summary>Whether SHA-512 has to be computed.</summary>
    public bool HasSha512 => _digests.ContainsKey(Sha512);

    /// <summary>Reads the field.</summary>
    /// <param name="values">Its lines; none when it was not sent.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static ContentDigest? Parse(StringValues values)
    {
        if (values.Count == 0)
        {
            return None;
        }

        var digest = new ContentDigest();
        var text = string.Join(',', values.ToArray());
        var at = 0;
        while (Member.Match(text, at) is { Success: true } member)
        {
            if (!digest.TryAdd(member.Groups["algorithm"].Value, member.Groups["value"].Value))
            {
                return null;
            }

            at = member.Index + member.Length;
            if (at == text.Length)
            {
                return digest;
            }

            // A comma, which another member must follow.
            at++;
        }

        return null;
    }

    /// <summary>The field's value for a SHA-256.</summary>
    /// <param name="sha256">In hexadecimal.</param>
    public static string Write(string sha256) => $"{Sha256}=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    /// <summary>Compares the digests with those of what came.</summary>
    /// <param name="sha256">The SHA-256 of the content.</param>
    /// <param name="sha512">Its SHA-512; may be empty unless <see cref="HasSha512"/>.</param>
    /// <returns>The algorithm whose digest is another one; null when all are right.</returns>
    public string? FindMismatch(ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> sha512)
    {
        if (_digests.TryGetValue(Sha256, out var expected) && !sha256.SequenceEqual(expected))
        {
            return Sha256;
        }

        return _digests.TryGetValue(Sha512, out expected) && !sha512.SequenceEqual(expected) ? Sha512 : null;
    }

    private bool TryAdd(string algorithm, string base64)
    {
        var bytes = new byte[base64.Length];

        // Padding may be missing (RFC 9651, section 4.2.7).
        var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            return false;
        }

        var size = algorithm switch
        {
            Sha256 => SHA256.HashSizeInBytes,
            Sha512 => SHA512.HashSizeInBytes,
            _ => length,
        };
        _digests[algorithm] = bytes[..length];
        return length == size;
    }

    // A member of a dictionary whose values are byte sequences, up to the comma or the end; parameters mean nothing here.
    [GeneratedRegex(
        """\G[ \t]*(?<algorithm>[a-z*][a-z0-9_.*-]*)=:(?<value>[A-Za-z0-9+/]*={0,2}):"""
        + """(?:; *[a-z*][a-z0-9_.*-]*(?:=(?:"[^"\\]*"|:[A-Za-z0-9+/=]*:|[A-Za-z0-9?*_.:/%~!#$&'+^`|-]+))?)*[ \t]*(?=,|\z)""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Member { get; }
}
