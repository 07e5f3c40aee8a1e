using System.Buffers.Binary;

namespace ModelApi.Deployments.Archives;

/// <summary>Sees each header of a tar file before <see cref="System.Formats.Tar.TarReader"/> does, and lets only plain ones pass.</summary>
/// <remarks>
/// The reader takes as much memory for the names and attributes of an entry as their header declares, up to 2 GB. The format:
/// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar) and
/// https://www.gnu.org/software/tar/manual/html_node/Standard.html.
/// </remarks>
internal sealed class TarGuard(Stream inner) : ObservedStream(inner)
{
    private const int Block = 512;
    private const int LargestAttributes = 64 * 1024;

    private readonly byte[] _header = new byte[Block];
    private int _filled;
    private long _content;

    /// <summary>The size of the last entry, as its header declares it.</summary>
    public long EntrySize { get; private set; }

    /// <summary>Whether the mark of the end has come: a block of zeros in the place of a header.</summary>
    public bool HasEnded { get; private set; }

    protected override void See(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int length;
            if (_content > 0)
            {
                length = (int)Math.Min(_content, bytes.Length);
                _content -= length;
            }
            else
            {
                length = Math.Min(Block - _filled, bytes.Length);
                bytes[..length].CopyTo(_header.AsSpan(_filled));
                _filled += length;
                if (_filled == Block)
                {
                    _filled = 0;
                    SeeHeader();
                }
            }

            bytes = bytes[length..];
        }
    }

    private void SeeHeader()
    {
        if (!_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            HasEnded = true;
            return;
        }

        if (HasEnded)
        {
            throw new ArchiveException("It has something after its end.");
        }

        EntrySize = ReadSize(_header.AsSpan(124, 12));
        switch ((char)_header[156])
        {
            case '0' or '\0' or '5':
                break;

            // Attributes and long names of the entry that follows.
            case 'x' or 'g' or 'L' when EntrySize <= LargestAttributes:
                break;

            case 'x' or 'g' or 'L':
                throw new ArchiveException($"The attributes of an entry have more than {LargestAttributes} bytes.");

            case 'S':
                throw new ArchiveException("An entry is a sparse file; write it whole.");

            case '1' or '2' or '3' or '4' or '6' or 'K':
                throw new ArchiveException("An entry is a link, a device or a pipe; a bundle has regular files only.");

            default:
                throw new ArchiveException("An entry is of a kind that is not known.");
        }

        _content = (EntrySize + Block - 1) / Block * Block;
    }

    /// <summary>Reads a size: octal digits, or a number in binary where the first bit is set.</summary>
    private static long ReadSize(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            var size = BinaryPrimitives.ReadInt64BigEndian(field[4..]);
            return field[0] == 0x80 && !field[1..4].ContainsAnyExcept((byte)0) && size is >= 0 and < long.MaxValue - Block
                ? size
                : throw Unreadable();
        }

        var digits = field.Trim(" \0"u8);
        var octal = 0L;
        foreach (var digit in digits)
        {
            octal = digit is >= (byte)'0' and <= (byte)'7' ? (octal << 3) + digit - '0' : throw Unreadable();
        }

        return octal;
    }

    private static ArchiveException Unreadable() => new("The size of an entry cannot be read.");
}
