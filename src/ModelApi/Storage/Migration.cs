using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ModelApi.Storage;

/// <summary>One step of the schema: a script that runs once, in the order of names, and never changes afterwards.</summary>
/// <param name="Name">The file's name, <c>0001-feed.sql</c>.</param>
/// <param name="Sql">The script, for every database.</param>
/// <param name="Checksum">SHA-256 of the script, whatever the ends of its lines.</param>
internal sealed record Migration(string Name, string Sql, string Checksum)
{
    private const string Prefix = "migrations/";

    public static Migration Of(string name, string sql) =>
        new(name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n")))));

    /// <summary>The scripts in the <c>Migrations</c> folders of all features.</summary>
    public static IReadOnlyList<Migration> ReadAll()
    {
        var assembly = typeof(Migration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Of(name[Prefix.Length..], Read(assembly, name))),
        ];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
