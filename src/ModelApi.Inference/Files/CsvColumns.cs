using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>The column of each feature in a table.</summary>
internal sealed class CsvColumns
{
    private CsvColumns(int[] ofFeatures, IReadOnlyList<string> remarks) => (OfFeatures, Remarks) = (ofFeatures, remarks);

    /// <summary>The column of each feature, or -1 where a nullable feature has none.</summary>
    public int[] OfFeatures { get; }

    /// <summary>Sentences about the features that are missing in every row.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <param name="header">The names of the columns.</param>
    /// <param name="signature">The features.</param>
    /// <param name="file">The file's name in messages.</param>
    /// <exception cref="RowFileException">A feature that may not be null has no column, or a feature has two.</exception>
    public static CsvColumns Find(List<string> header, Signature signature, string file)
    {
        var extra = header.Where(name => signature.IndexOf(name) < 0).ToList();
        var columns = new int[signature.Features.Count];
        var faults = new List<string>();
        var remarks = new List<string>();
        for (var index = 0; index < columns.Length; index++)
        {
            var feature = signature.Features[index];
            var found = header.Count(name => name == feature.Name);
            columns[index] = found == 1 ? header.IndexOf(feature.Name) : -1;
            var meant = found == 0 ? NearestName.Find(feature.Name, extra) : null;
            if (found > 1)
            {
                faults.Add($"{found} columns '{feature.Name}'");
            }
            else if (meant is not null)
            {
                faults.Add($"no column '{feature.Name}' (it has '{meant}': did you mean '{feature.Name}'?)");
            }
            else if (found == 0 && !feature.Nullable)
            {
                faults.Add($"no column '{feature.Name}'");
            }
            else if (found == 0)
            {
                remarks.Add($"There is no column '{feature.Name}': it is scored as missing in every row.");
            }
        }

        return faults.Count == 0
            ? new CsvColumns(columns, remarks)
            : throw new RowFileException(
                $"{file} has {string.Join(", ", faults)}. Its first line must name the columns; "
                + $"it names {List(header)}. Nothing was scored.");
    }

    private static string List(List<string> names)
    {
        const int Most = 30;
        const int Longest = 60;
        var listed = names.Take(Most).Select(name => name.Length <= Longest ? $"'{name}'" : $"'{name[..Longest]}…'");
        return string.Join(", ", listed) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
    }
}
