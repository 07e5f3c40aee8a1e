namespace ModelApi.Deployments.Archives;

/// <summary>The formats of archives that are read.</summary>
internal enum ArchiveFormat
{
    /// <summary>A zip file.</summary>
    Zip,

    /// <summary>A tar file in one gzip member.</summary>
    TarGz,
}
