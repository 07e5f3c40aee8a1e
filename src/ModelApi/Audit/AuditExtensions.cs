namespace ModelApi.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this WebApplicationBuilder builder) => builder.Services.AddSingleton<IAuditLog, AuditLog>();
}
