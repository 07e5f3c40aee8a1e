using System.Globalization;
using ModelApi.Inference.Registry;

namespace ModelApi.OpenApi;

/// <summary>Names for the schemas of models and versions: <c>WineQuality</c>, <c>WineQualityV2</c>, each of them unique.</summary>
internal sealed class SchemaNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<ModelVersion, string> _versions = [];

    public SchemaNames(IReadOnlyList<Model> models)
    {
        // Models before versions, so that a model keeps its name whatever versions another one has.
        foreach (var model in models)
        {
            _models[model.Name] = Take(PascalCase(model.Name));
        }

        foreach (var version in models.SelectMany(model => model.Versions))
        {
            _versions[version] = Take($"{Of(version.Model)}V{version.Version}");
        }
    }

    public string Of(Model model) => Of(model.Name);

    public string Of(ModelVersion version) => _versions[version];

    private string Of(string model) => _models[model];

    // The models 'a-b' and 'a.b' would have the same name.
    private string Take(string wanted)
    {
        var name = wanted;
        for (var i = 2; !_taken.Add(name); i++)
        {
            name = $"{wanted}_{i}";
        }

        return name;
    }

    public static string PascalCase(string name) => string.Concat(name.Split('-', '_', '.')
        .Where(part => part.Length > 0)
        .Select(part => char.ToUpper(part[0], CultureInfo.InvariantCulture) + part[1..]));
}
