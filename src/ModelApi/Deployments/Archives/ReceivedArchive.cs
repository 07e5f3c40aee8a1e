namespace ModelApi.Deployments.Archives;

/// <summary>An archive that came whole. Its file is deleted with it, unless somebody has moved it away.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Format">What the file is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal.</param>
internal sealed record ReceivedArchive(string File, ArchiveFormat Format, long Bytes, string Sha256) : IDisposable
{
    public void Dispose() => System.IO.File.Delete(File);
}
