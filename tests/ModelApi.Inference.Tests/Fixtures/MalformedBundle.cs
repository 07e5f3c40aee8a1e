namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A bundle that is broken in one way.</summary>
/// <param name="Name">What is wrong with it; also the name of its model.</param>
/// <param name="Fault">A part of the fault that is due, as the fault is written.</param>
/// <param name="Break">Breaks a bundle that is right.</param>
internal sealed record MalformedBundle(string Name, string Fault, Action<TemporaryBundle> Break)
{
    /// <summary>Writes it as version 1 of a model below the folder.</summary>
    public TemporaryBundle WriteTo(string root)
    {
        var bundle = TemporaryBundle.Copy(Path.Combine(Repository.Models, "breast-cancer", "1"), root, Name, "1");
        Break(bundle);
        return bundle;
    }

    public override string ToString() => Name;
}
