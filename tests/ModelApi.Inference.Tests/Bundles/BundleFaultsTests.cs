using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class BundleFaultsTests
{
    [Fact]
    public void The_first_hundred_faults_are_kept_and_the_others_counted()
    {
        var faults = new BundleFaults();
        for (var i = 0; i < 300; i++)
        {
            faults.Add(new BundleFault("model.json", $"$.{i}", "Unknown key."));
        }

        faults.AddCounted();

        var list = faults.ToList();
        Assert.Equal(301, faults.Count);
        Assert.Equal(101, list.Count);
        Assert.Equal("$.99", list[99].Path);
        Assert.Equal("And 201 more faults.", list[100].ToString());
    }

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var faults = new BundleFaults();
        faults.Add(new BundleFault("f", "$." + new string('k', 1_000_000), new string('m', 998) + "\U0001F600" + new string('m', 1000)));

        var fault = Assert.Single(faults.ToList());

        Assert.Equal("$." + new string('k', 197) + "…", fault.Path);
        Assert.Equal(new string('m', 998) + "…", fault.Message);
    }
}
