using System.Reflection;

namespace ModelApi;

internal static class Product
{
    public const string Name = "ModelApi";

    /// <summary>The product's version, without the commit that the compiler appends.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
