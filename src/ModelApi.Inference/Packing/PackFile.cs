using System.Text;

namespace ModelApi.Inference.Packing;

/// <summary>Looks at the files that are to be packed before they are read.</summary>
public static class PackFile
{
    /// <summary>The path itself, of a file that is there.</summary>
    /// <exception cref="PackException">There is none, or a folder in its place.</exception>
    public static string Existing(string file) => File.Exists(file) ? file : throw new PackException(
        Directory.Exists(file) ? $"'{file}' is a folder; give a file." : $"There is no file '{file}'; check the path.");

    /// <summary>Reads a file through as text.</summary>
    /// <remarks>
    /// Read as UTF-8, "é" of another encoding would be a category that no client can send. A mark of the byte order names UTF-16 and
    /// UTF-32.
    /// </remarks>
    /// <exception cref="PackException">It is not UTF-8.</exception>
    internal static void ThrowIfNotText(string file)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(false, true));
        var buffer = new char[8192];
        try
        {
            while (reader.Read(buffer) > 0)
            {
            }
        }
        catch (DecoderFallbackException exception)
        {
            throw new PackException(
                $"{file} is not UTF-8: no character has the bytes {Convert.ToHexString(exception.BytesUnknown ?? [])}. Save it as UTF-8.");
        }
    }
}
