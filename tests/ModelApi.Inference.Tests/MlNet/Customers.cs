using System.Globalization;
using Microsoft.ML;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>The rows on which the tests train.</summary>
internal static class Customers
{
    public const int Count = 400;

    private static readonly string[] Jobs = ["cook", "nurse", "driver", "clerk", "teacher"];
    private static readonly string[] Regions = ["north", "south", "east"];
    private static readonly string[] Words = ["Slow", "fast", "friendly", "late", "broken", "GREAT", "ok", "never", "again", "it's"];
    private static readonly string[] Segments = ["small", "middle", "large"];

    public static IReadOnlyList<CustomerRow> Rows { get; } = Make();

    /// <summary>The rows as data of ML.NET.</summary>
    public static IDataView View(MLContext context) => context.Data.LoadFromEnumerable(Rows);

    /// <summary>Writes the rows as CSV, one column for each element of a vector.</summary>
    public static string WriteCsv(string folder)
    {
        var path = Path.Combine(folder, "customers.csv");
        File.WriteAllLines(path, Rows.Select(Write).Prepend(
            "Age,Income,Visits,Discount,Job,Region,Comment,Item,Member,r1,r2,r3,Churned,Segment,Spend,Grade,Query"));
        return path;
    }

    private static string Write(CustomerRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Age},{row.Income},{row.Visits},{(float.IsNaN(row.Discount) ? "" : row.Discount)},{row.Job},{row.Region},{row.Comment},")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Item},{row.Member},{row.Ratings[0]},{row.Ratings[1]},{row.Ratings[2]},")
        + string.Create(CultureInfo.InvariantCulture, $"{row.Churned},{row.Segment},{row.Spend},{row.Grade},{row.Query}");

    private static List<CustomerRow> Make()
    {
        var random = new Random(20261128);
        var rows = new List<CustomerRow>(Count);
        for (var i = 0; i < Count; i++)
        {
            var row = new CustomerRow
            {
                Age = random.Next(18, 90),
                Income = random.Next(200, 6000) / 2f,
                Visits = random.Next(0, 40),
                Discount = random.Next(5) == 0 ? float.NaN : random.Next(0, 200) / 4f,
                Job = Jobs[random.Next(Jobs.Length)],
                Region = Regions[random.Next(Regions.Length)],
                Comment = string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words[random.Next(Words.Length)])),
                Item = random.Next(1, 9),
                Member = random.Next(2) == 0,
                Ratings = [random.Next(0, 20) / 4f, random.Next(0, 20) / 4f, random.Next(0, 20) / 4f],
                Query = random.Next(0, 40),
            };
            var score = (row.Age / 10) + (row.Income / 500) - (row.Visits / 4) + row.Ratings[0]
                + (row.Job is "cook" or "clerk" ? 3 : 0) + (row.Comment.Contains("late", StringComparison.Ordinal) ? -4 : 0)
                + random.Next(-2, 3);
            row.Churned = score < 4;
            row.Segment = Segments[score < 2 ? 0 : score < 8 ? 1 : 2];
            row.Spend = (score * 12.5f) + (row.Member ? 20 : 0);
            row.Grade = Math.Clamp((int)(score / 4), 0, 4);
            rows.Add(row);
        }

        return rows;
    }
}
