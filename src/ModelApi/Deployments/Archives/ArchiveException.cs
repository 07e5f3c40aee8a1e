namespace ModelApi.Deployments.Archives;

/// <summary>An archive cannot be read, or holds what a bundle has no use for.</summary>
/// <param name="reason">What is wrong with it, as a sentence whose subject is the archive: "It is neither …".</param>
internal sealed class ArchiveException(string reason) : Exception(reason);
