namespace ModelApi.Models;

/// <summary>What a folder of a bundle looks like from outside; when it differs, a file was written.</summary>
/// <param name="Files">The number of its files.</param>
/// <param name="Bytes">The size of all of them.</param>
/// <param name="LastWrite">When the last one was written, in ticks.</param>
internal readonly record struct BundleStamp(int Files, long Bytes, long LastWrite)
{
    /// <summary>Looks at a folder; one that cannot be read looks empty.</summary>
    public static BundleStamp Of(string folder)
    {
        var (files, bytes, last) = (0, 0L, 0L);
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                files++;
                bytes += file.Length;
                last = Math.Max(last, file.LastWriteTimeUtc.Ticks);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }

        return new BundleStamp(files, bytes, last);
    }
}
