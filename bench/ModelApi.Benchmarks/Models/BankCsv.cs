using System.Globalization;
using System.Text;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Models;

/// <summary>Reads a CSV such as UCI's bank-full.csv: a header, one separator, texts in quotes without quotes inside.</summary>
internal static class BankCsv
{
    public static FeatureBatch Read(string file, Signature signature)
    {
        var lines = File.ReadAllLines(file, Encoding.UTF8);
        var separator = lines[0].Contains(';') ? ';' : ',';
        string[] header = [.. Cells(lines[0])];
        int[] columns = [.. signature.Features.Select(feature => Array.IndexOf(header, feature.Name))];
        if (columns.Contains(-1))
        {
            throw new MeasuringException($"{file} lacks the column '{signature.Features[Array.IndexOf(columns, -1)].Name}'.");
        }

        var batch = new FeatureBatch(signature, lines.Length);
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            string[] cells = [.. Cells(line)];
            var row = batch.AddRow();
            for (var feature = 0; feature < columns.Length; feature++)
            {
                Set(batch, row, feature, cells[columns[feature]]);
            }
        }

        return batch;

        IEnumerable<string> Cells(string line) => line.Split(separator).Select(cell => cell.Trim('"'));
    }

    private static void Set(FeatureBatch batch, int row, int feature, string cell)
    {
        var definition = batch.Signature.Features[feature];
        if (definition.Type != FeatureType.String)
        {
            batch.SetNumber(row, feature, double.Parse(cell, CultureInfo.InvariantCulture));
        }
        else if (definition.Categories?.CodeOf(cell) is { } code and not CategoryTable.Unknown)
        {
            batch.SetCategory(row, feature, code);
        }
        else
        {
            batch.SetText(row, feature, cell);
        }
    }
}
