namespace ModelApi.Inference.Packing;

/// <summary>What the golden rows show of a feature.</summary>
internal sealed class FeatureFacts
{
    /// <summary>Whether it is null, or left out, in some row.</summary>
    public bool HasNull { get; set; }

    /// <summary>Whether it is a number with a fraction in some row.</summary>
    public bool HasFraction { get; set; }

    /// <summary>Whether it is text in some row.</summary>
    public bool HasText { get; set; }

    /// <summary>The lengths of its nested arrays, or null where it is a single value.</summary>
    public IReadOnlyList<int>? Shape { get; set; }

    /// <summary>In how many rows it is given.</summary>
    public int Rows { get; set; }

    /// <summary>The value of the first row that has one, as JSON.</summary>
    public string? Example { get; set; }
}
