using ModelApi.Deployments;

namespace ModelApi.Tests.Deployments;

public sealed class ProductionHistoryTests
{
    private readonly List<HistoryEntry> _history = [];

    [Fact]
    public void A_rollback_goes_down_the_versions_that_were_in_production()
    {
        Add(Actions.Promote, "2", before: "1");
        Add(Actions.Promote, "3", before: "2");

        Assert.Equal(["2", "1"], Earlier("3"));

        Add(Actions.Rollback, "2", before: "3");

        Assert.Equal(["1"], Earlier("2"));
    }

    [Fact]
    public void A_version_that_was_deleted_is_not_returned_to_though_its_number_comes_again()
    {
        Add(Actions.Promote, "1");
        Add(Actions.Promote, "2", before: "1");
        Add(Actions.Promote, "3", before: "2");
        Add(Actions.Delete, "2");
        Add(Actions.Upload, "2");

        Assert.Equal(["1"], Earlier("3"));
    }

    [Fact]
    public void Nothing_of_a_model_that_was_deleted_is_returned_to()
    {
        Add(Actions.Promote, "1");
        Add(Actions.Promote, "2", before: "1");
        Add(Actions.Delete, version: null);
        Add(Actions.Upload, "1");
        Add(Actions.Upload, "2");
        Add(Actions.Promote, "2");

        Assert.Empty(Earlier("2"));
    }

    private IEnumerable<string> Earlier(string production) => ProductionHistory.Earlier(_history, production);

    // The newest first, as the store gives them.
    private void Add(string action, string? version, string? before = null) => _history.Insert(
        0,
        new HistoryEntry(
            _history.Count + 1, DateTimeOffset.UnixEpoch, "tester", action, version, before, DetailJson: null, TraceId: null));
}
