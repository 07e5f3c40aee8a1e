using Microsoft.AspNetCore.Connections;

namespace ModelApi.Errors;

internal static class ErrorsExtensions
{
    public static void AddErrors(this WebApplicationBuilder builder) => builder.Services.AddProblemDetails();

    /// <summary>Gives every answer without a body, and every exception, its error in the form of the endpoint's protocol.</summary>
    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => Failures.OfStatus(context.Response.StatusCode, context).WriteAsync(context),
            StatusCodeSelector = exception => exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                ConnectionResetException => StatusCodes.Status499ClientClosedRequest,
                _ => StatusCodes.Status500InternalServerError,
            },
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException or ConnectionResetException,
        });
        app.UseStatusCodePages(pages =>
            Failures.OfStatus(pages.HttpContext.Response.StatusCode, pages.HttpContext).WriteAsync(pages.HttpContext));
    }
}
