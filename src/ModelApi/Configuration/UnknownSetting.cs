using ModelApi.Inference.Signatures;

namespace ModelApi.Configuration;

/// <summary>A setting that is configured but that nothing reads.</summary>
/// <param name="Path">Its whole name.</param>
/// <param name="Name">The last part of the name.</param>
/// <param name="Known">The settings of the same section.</param>
internal sealed record UnknownSetting(string Path, string Name, IReadOnlyList<string> Known)
{
    public override string ToString() => NearestName.Find(Name, Known) is { } nearest
        ? $"{Path} is not a setting; did you mean {nearest}?"
        : $"{Path} is not a setting; those of its section are {string.Join(", ", Known)}.";
}
