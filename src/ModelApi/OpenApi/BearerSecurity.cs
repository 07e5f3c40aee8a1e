using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using ModelApi.Errors;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.OpenApi;

/// <summary>Documents which operations need a key or token.</summary>
internal sealed class BearerSecurity : IOperationFilter
{
    public const string Scheme = "bearer";

    public static OpenApiSecurityScheme Definition { get; } = new()
    {
        Type = SecuritySchemeType.Http,
        Scheme = "bearer",
        Description = "An API key or a JSON Web Token.",
    };

    /// <summary>Documents that the operation needs a key or token, and the answer without one.</summary>
    public static void Require(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        operation.AddProblems(document, names: null, Problem.Of(Failures.Unauthorized(reason: null)));
    }

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
        {
            Require(operation, context.Document);
        }
    }
}
