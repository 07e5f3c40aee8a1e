using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ModelApi.Inference.Loading;

/// <summary>The memory of this process as the operating system counts it.</summary>
/// <param name="Resident">Bytes in physical memory.</param>
/// <param name="Data">Bytes of private writable memory, touched or not, as <c>RLIMIT_DATA</c> counts them; 0 if not known.</param>
internal readonly record struct ProcessMemory(long Resident, long Data)
{
    private static readonly Lazy<SafeFileHandle?> Statistics = new(Open);

    public static ProcessMemory Read()
    {
        if (Statistics.Value is { } file)
        {
            // size resident shared text lib data dt, in pages
            Span<byte> text = stackalloc byte[256];
            var rest = text[..RandomAccess.Read(file, text, fileOffset: 0)];
            Span<long> pages = stackalloc long[6];
            for (var i = 0; i < pages.Length && Utf8Parser.TryParse(rest, out pages[i], out var length); i++)
            {
                rest = rest[Math.Min(length + 1, rest.Length)..];
            }

            return new ProcessMemory(pages[1] * Environment.SystemPageSize, pages[5] * Environment.SystemPageSize);
        }

        return new ProcessMemory(Environment.WorkingSet, 0);
    }

    private static SafeFileHandle? Open()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/statm") : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
