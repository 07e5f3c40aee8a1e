using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Models;

/// <summary>Rows before anything was done with them: numbers, and texts in UTF-8, column by column.</summary>
internal sealed class RawRows
{
    private readonly CategoryTable?[] _categories;
    private readonly double[]?[] _numbers;
    private readonly byte[]?[]?[] _texts;

    private RawRows(Signature signature, int count)
    {
        Count = count;
        _categories = [.. signature.Features.Select(feature => feature.Categories)];
        _numbers = [.. signature.Features.Select(feature => feature.Type == FeatureType.String ? null : new double[count])];
        _texts = [.. signature.Features.Select(feature => feature.Type == FeatureType.String ? new byte[]?[count] : null)];
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>The rows of a batch, again and again up to a count.</summary>
    public static RawRows Of(FeatureBatch batch, int count)
    {
        var rows = new RawRows(batch.Signature, count);
        for (var feature = 0; feature < batch.Signature.Features.Count; feature++)
        {
            for (var row = 0; row < count; row++)
            {
                if (rows._numbers[feature] is { } numbers)
                {
                    numbers[row] = batch.Numbers(feature)[row % batch.Rows];
                }
                else if (batch.Texts(feature)[row % batch.Rows] is { } text)
                {
                    rows._texts[feature]![row] = Encoding.UTF8.GetBytes(text);
                }
            }
        }

        return rows;
    }

    /// <summary>Puts one row into a batch of that row alone.</summary>
    public void FillOne(FeatureBatch batch, int row)
    {
        batch.Clear();
        Add(batch, row);
    }

    /// <summary>Puts a range of rows into a batch of those alone.</summary>
    public void Fill(FeatureBatch batch, int first, int count)
    {
        batch.Clear();
        for (var row = first; row < first + count; row++)
        {
            Add(batch, row);
        }
    }

    private void Add(FeatureBatch batch, int row)
    {
        var index = batch.AddRow();
        for (var feature = 0; feature < _numbers.Length; feature++)
        {
            if (_numbers[feature] is { } numbers)
            {
                batch.SetNumber(index, feature, numbers[row]);
            }
            else if (_texts[feature]![row] is { } text)
            {
                SetText(batch, index, feature, text);
            }
        }
    }

    private void SetText(FeatureBatch batch, int index, int feature, byte[] text)
    {
        var code = _categories[feature]?.CodeOf(text) ?? CategoryTable.Unknown;
        if (code != CategoryTable.Unknown)
        {
            batch.SetCategory(index, feature, code);
        }
        else
        {
            batch.SetText(index, feature, Encoding.UTF8.GetString(text));
        }
    }
}
