using Microsoft.ML.Data;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>A made-up customer: numbers, some of them missing, categories, a text, and what may be predicted.</summary>
public sealed class CustomerRow
{
    public float Age { get; set; }

    public float Income { get; set; }

    public float Visits { get; set; }

    /// <summary>NaN in some rows.</summary>
    public float Discount { get; set; }

    public string Job { get; set; } = "";

    public string Region { get; set; } = "";

    public string Comment { get; set; } = "";

    public int Item { get; set; }

    public bool Member { get; set; }

    [VectorType(3)]
    public float[] Ratings { get; set; } = [];

    public bool Churned { get; set; }

    public string Segment { get; set; } = "";

    public float Spend { get; set; }

    public float Grade { get; set; }

    public float Query { get; set; }
}
