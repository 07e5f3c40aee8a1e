using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.MlNet;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>Zips that ML.NET must not see, and why.</summary>
public sealed class HostileZipTests
{
    private const string TreesEntry = "Model/Predictor/Model.key";

    private static readonly Lazy<byte[]> Trees = new(() => Save("fast-tree"));

    [Fact]
    public void A_custom_mapping_is_refused_with_the_name_of_its_contract()
    {
        var context = new MLContext(seed: 1);
        var pipeline = context.Transforms.CustomMapping<CustomerRow, CustomerRow>((from, to) => to.Age = from.Age, "TwiceTheAge");

        var fault = Assert.Single(FaultsOf(Save(context, pipeline)));

        Assert.Contains("custom mapping 'TwiceTheAge'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_is_refused()
    {
        var context = new MLContext(seed: 1);

        var fault = Assert.Single(FaultsOf(Save(context, context.Transforms.Expression("Twice", "x => 2 * x", "Age"))));

        Assert.Contains("expression", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_that_is_not_known_is_refused_by_its_name()
    {
        var (known, other) = (Encoding.Unicode.GetBytes("Microsoft.ML.FastTree"), Encoding.Unicode.GetBytes("Contoso.Some.Assembly"));

        var faults = FaultsOf(Change(Trees.Value, (_, content) => Replace(content, known, other)));

        Assert.Contains(faults, fault => fault.Message.Contains("'Contoso.Some.Assembly'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tree_that_leads_back_to_its_root_is_refused()
    {
        // The header; the size of a float; the number of trees; a tree's kind, leaves, largest output and weight; the length of the list.
        const int FirstChild = 256 + 4 + 4 + 1 + 4 + 8 + 8 + 4;
        var zip = Change(Trees.Value, (name, content) => name.EndsWith(TreesEntry, StringComparison.Ordinal)
            ? Overwrite(content, FirstChild + sizeof(int), 0)
            : content);

        var fault = Assert.Single(FaultsOf(zip));

        Assert.Contains("the nodes of a tree do not form a tree", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_that_unfold_to_more_than_the_limit_are_refused()
    {
        var fault = Assert.Single(FaultsOf(Change(Trees.Value, (_, _) => new byte[20_000_000])));

        Assert.Contains("unpacked, it has more than", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/root")]
    [InlineData("a//b")]
    public void Names_that_lead_out_of_the_zip_are_refused(string name)
    {
        var fault = Assert.Single(FaultsOf(Change(Trees.Value, (_, content) => content, _ => name)));

        Assert.Contains("no path within it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_entries_of_one_name_are_refused()
    {
        var fault = Assert.Single(FaultsOf(Change(Trees.Value, (_, content) => content, _ => "Schema")));

        Assert.Contains("two entries have one name", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_zip_and_a_zip_without_a_model_are_refused()
    {
        Assert.NotEmpty(FaultsOf(Encoding.UTF8.GetBytes("not a zip")));
        Assert.NotEmpty(FaultsOf([]));
        Assert.NotEmpty(FaultsOf(Trees.Value[..(Trees.Value.Length / 2)]));

        var fault = Assert.Single(FaultsOf(Change(Trees.Value, (_, _) => [])));
        Assert.Contains("Holds no ML.NET model", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_ML_NET_makes_of_damaged_numbers_is_a_fault()
    {
        var zip = Change(Trees.Value, (name, content) => name.EndsWith("Schema", StringComparison.Ordinal) ? [1, 2, 3] : content);
        Assert.Empty(FaultsOf(zip));

        var exception = Assert.Throws<BundleException>(() => MlNetModel.Load(new ModelZip("model.zip", zip)));

        Assert.StartsWith("ML.NET cannot load it", Assert.Single(exception.Faults).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<BundleFault> FaultsOf(byte[] zip)
    {
        var faults = new BundleFaults();
        ModelZipReader.Read("model.zip", zip, new BundleLimits(), faults, CancellationToken.None);
        return faults.ToList();
    }

    private static byte[] Save(string pipeline)
    {
        var context = new MLContext(seed: 1);
        return Save(context, Pipelines.All[pipeline].Create(context));
    }

    private static byte[] Save(MLContext context, IEstimator<ITransformer> pipeline)
    {
        using var stream = new MemoryStream();
        var rows = Customers.View(context);
        context.Model.Save(pipeline.Fit(rows), rows.Schema, stream);
        return stream.ToArray();
    }

    private static byte[] Change(byte[] zip, Func<string, byte[], byte[]> content, Func<string, string>? name = null)
    {
        using var changed = new MemoryStream();
        using (var target = new ZipArchive(changed, ZipArchiveMode.Create, leaveOpen: true))
        using (var source = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read))
        {
            foreach (var entry in source.Entries)
            {
                using var read = new MemoryStream();
                using (var stream = entry.Open())
                {
                    stream.CopyTo(read);
                }

                using var write = target.CreateEntry(name?.Invoke(entry.FullName) ?? entry.FullName).Open();
                write.Write(content(entry.FullName.Replace('\\', '/'), read.ToArray()));
            }
        }

        return changed.ToArray();
    }

    private static byte[] Overwrite(byte[] content, int at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(at), value);
        return content;
    }

    private static byte[] Replace(byte[] content, ReadOnlySpan<byte> old, ReadOnlySpan<byte> other)
    {
        for (var at = content.AsSpan().IndexOf(old); at >= 0; at = content.AsSpan().IndexOf(old))
        {
            other.CopyTo(content.AsSpan(at));
        }

        return content;
    }
}
