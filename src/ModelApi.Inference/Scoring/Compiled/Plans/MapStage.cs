using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Applies one step to a column that another stage computed.</summary>
internal sealed class MapStage(Column input, Step step, int output) : ColumnStage
{
    public override void Run(Block block)
    {
        var values = block.Register(output);
        input.Read(block, values);
        step.Apply(values);
    }
}
