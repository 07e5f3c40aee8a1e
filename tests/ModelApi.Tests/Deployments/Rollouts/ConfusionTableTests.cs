using ModelApi.Deployments.Rollouts;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class ConfusionTableTests
{
    [Fact]
    public void Rows_are_counted_by_both_labels()
    {
        var table = new ConfusionTable();
        table.Add("no", "no");
        table.Add("no", "yes");
        table.Add("no", "no");
        table.Add("yes", "yes");

        var rows = ConfusionTable.Of(table.ToStored()).ToRows();

        Assert.Equal(["no", "yes"], rows.Keys);
        Assert.Equal([new("no", 2), new("yes", 1)], rows["no"]);
        Assert.Equal([new("yes", 1)], rows["yes"]);
    }

    [Fact]
    public void Many_classes_take_bounded_memory_and_what_is_left_out_is_counted()
    {
        var table = new ConfusionTable();
        for (var old = 0; old < 100; old++)
        {
            for (var label = 0; label < 100; label++)
            {
                table.Add($"{old}", $"{label}");
            }
        }

        table.Add("0", "0");

        Assert.Equal(ConfusionTable.MostCells, table.ToStored().Cells.Length);
        Assert.Equal(10_000 - ConfusionTable.MostCells, ConfusionTable.Of(table.ToStored()).Omitted);
        Assert.Equal(2, table.ToRows()["0"]["0"]);
    }
}
