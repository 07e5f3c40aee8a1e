using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.xUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using IType = ArchUnitNET.Domain.IType;

namespace ModelApi.Architecture.Tests;

public sealed class LayerTests
{
    /// <summary>Each layer with an upper layer, by assembly.</summary>
    public static TheoryData<SourceAssembly, string> LowerLayers
    {
        get
        {
            var data = new TheoryData<SourceAssembly, string>();
            foreach (var assembly in Enum.GetValues<SourceAssembly>())
            {
                foreach (var layer in Layers.Of(assembly).SkipLast(1))
                {
                    data.Add(assembly, layer);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LowerLayers))]
    public void A_layer_uses_only_those_before_it(SourceAssembly assembly, string layer)
    {
        var layers = Layers.Of(assembly).ToList();
        var types = TypesByLayer(assembly);
        var above = layers.Skip(layers.IndexOf(layer) + 1).SelectMany(upper => types[upper]);

        Types().That().Are(types[layer]).Should().NotDependOnAny(above).Check(assembly.Load());
    }

    [Theory]
    [InlineData(SourceAssembly.Inference)]
    [InlineData(SourceAssembly.Host)]
    public void Each_namespace_has_a_layer_and_each_layer_has_types(SourceAssembly assembly)
    {
        var types = TypesByLayer(assembly);

        Assert.Empty(types[""].Select(type => type.FullName));
        Assert.All(Layers.Of(assembly), layer => Assert.NotEmpty(types[layer]));
    }

    [Theory]
    [InlineData(SourceAssembly.Inference)]
    [InlineData(SourceAssembly.Host)]
    [InlineData(SourceAssembly.Cli)]
    public void Namespaces_do_not_use_each_other_in_circles(SourceAssembly assembly) =>
        SliceRuleDefinition.Slices().Matching($"{assembly.Root()}.(**)").Should().BeFreeOfCycles().Check(assembly.Load());

    private static ILookup<string, IType> TypesByLayer(SourceAssembly assembly)
    {
        var prefix = assembly.Root() + ".";
        return assembly.Load().Types
            .Where(type => type.Namespace.FullName.StartsWith(prefix, StringComparison.Ordinal))
            .ToLookup(type => LayerOf(type.Namespace.FullName[prefix.Length..], Layers.Of(assembly)));
    }

    // The longest that fits: Scoring.Compiled.Trees belongs to Scoring.Compiled rather than to Scoring.
    private static string LayerOf(string name, IReadOnlyList<string> layers) => layers
        .Where(layer => name == layer || name.StartsWith(layer + ".", StringComparison.Ordinal))
        .MaxBy(layer => layer.Length) ?? "";
}
