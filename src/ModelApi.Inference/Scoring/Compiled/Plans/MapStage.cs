using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Takes one step with a column that another stage computed.</summary>
internal sealed class MapStage(Column input, Step step, int output) : Stage
{
    public override void Run(Block block)
    {
        var values = block.Register(output);
        input.Read(block, values);
        step.Apply(values);
    }
}
