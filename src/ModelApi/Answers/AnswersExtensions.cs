using System.Net.Mime;
using Microsoft.AspNetCore.ResponseCompression;
using ModelApi.Configuration;

namespace ModelApi.Answers;

internal static class AnswersExtensions
{
    public static void AddAnswers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddSettings(ApiOptions.Section, ApiOptions.Read);
        services.AddSingleton<IResponseCompressionProvider, LargeAnswers>();
        services.AddResponseCompression(compression =>
        {
            // Attacks on compressed secrets (BREACH) need a browser that sends the secret by itself, as it does cookies.
            compression.EnableForHttps = true;
            compression.MimeTypes = [MediaTypeNames.Application.Json, MediaTypeNames.Application.ProblemJson];
        });
    }

    public static void UseAnswers(this WebApplication app)
    {
        app.UseResponseCompression();
        Envelope.Use(app);
        QueryParameters.Use(app);
    }
}
