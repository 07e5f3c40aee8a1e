using System.Numerics;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The features that each row must have, as a set of bits: a row without many of them costs a few operations.</summary>
internal sealed class RequiredFeatures
{
    private readonly Feature[] _features;
    private readonly FeatureRules _rules;
    private readonly ulong[] _required;

    public RequiredFeatures(Signature signature, FeatureRules rules)
    {
        _features = [.. signature.Features];
        _rules = rules;
        _required = new ulong[(_features.Length + 63) / 64];
        for (var feature = 0; feature < _features.Length; feature++)
        {
            _required[feature / 64] |= _features[feature].Nullable ? 0 : 1UL << (feature % 64);
        }
    }

    /// <summary>The number of words that hold a bit for each feature.</summary>
    public int Words => _required.Length;

    /// <summary>Adds an error for each feature that a row must have and lacks.</summary>
    /// <param name="row">The row in the request.</param>
    /// <param name="seen">A bit for each feature that the row has.</param>
    /// <param name="findings">Receives the errors.</param>
    public void ReportMissing(int row, ReadOnlySpan<ulong> seen, Findings findings)
    {
        for (var word = 0; word < _required.Length; word++)
        {
            var missing = _required[word] & ~seen[word];
            for (; missing != 0 && findings.KeepsErrors; missing &= missing - 1)
            {
                _rules.Missing(row, (word * 64) + BitOperations.TrailingZeroCount(missing), findings);
            }

            if (missing != 0)
            {
                findings.CountErrors(row, BitOperations.PopCount(missing));
            }
        }
    }

    /// <summary>Sets the features that a row lacks to what a missing value means.</summary>
    public void SetMissing(FeatureBatch batch, int index, ReadOnlySpan<ulong> seen)
    {
        for (var feature = 0; feature < _features.Length; feature++)
        {
            if ((seen[feature / 64] & (1UL << (feature % 64))) == 0)
            {
                batch.SetMissing(index, feature);
            }
        }
    }

    /// <summary>The names of the features that a row lacks, required or not.</summary>
    public List<string> Absent(ReadOnlySpan<ulong> seen)
    {
        var absent = new List<string>();
        for (var feature = 0; feature < _features.Length; feature++)
        {
            if ((seen[feature / 64] & (1UL << (feature % 64))) == 0)
            {
                absent.Add(_features[feature].Name);
            }
        }

        return absent;
    }
}
