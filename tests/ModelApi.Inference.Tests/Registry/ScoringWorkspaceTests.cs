using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Registry;

public sealed class ScoringWorkspaceTests
{
    private readonly ScoringWorkspace _workspace = new(new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]));

    [Fact]
    public void A_small_workspace_is_kept_and_empty()
    {
        _workspace.Features.AddRow();
        _workspace.Findings.Error(0, "x", "wrong");
        _workspace.AnswerWriter.WriteNumberValue(1);
        _workspace.AnswerWriter.Flush();

        Assert.True(_workspace.TryReset());
        Assert.Equal((0, 0, 0), (_workspace.Features.Rows, _workspace.Findings.Errors.Count, _workspace.Answer.WrittenCount));
    }

    [Fact]
    public void A_workspace_that_has_grown_large_is_not_kept()
    {
        for (var i = 0; i < 1000; i++)
        {
            _workspace.Features.AddRow();
        }

        Assert.False(_workspace.TryReset());
    }
}
