namespace ModelApi.Deployments;

/// <summary>The words of the history for what was done.</summary>
internal static class Actions
{
    public const string Upload = "upload";
    public const string Stage = "stage";
    public const string Promote = "promote";
    public const string Rollback = "rollback";
    public const string Enable = "enable";
    public const string Disable = "disable";
    public const string Alias = "alias";
    public const string Delete = "delete";
    public const string Rollout = "rollout";
    public const string EndRollout = "end-rollout";
    public const string Withdraw = "withdraw";
}
