using System.Text;
using System.Text.Json;
using ModelApi.Answers;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models.Code;

namespace ModelApi.Models;

/// <summary>The parts of a model's bundle: of any model by name, and of the default one at the root.</summary>
internal static class ModelPartEndpoints
{
    public const string PerformanceFile = "performance.json";
    public const string ArgumentsFile = "args.json";

    private const string ArgumentParameter = "arg";

    // ModelPartOperations documents these routes once for each model.
    public static void MapModelParts(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", $"/models/{{{ModelEndpoints.NameParameter}}}" })
        {
            var group = routes.MapGroup(prefix).ExcludeFromDescription();
            group.MapGet("/signature", GetSignature);
            group.MapGet("/example", GetExample);
            group.MapGet("/performance", GetPerformance).WithMetadata(new QueryParameters("filter"));
            group.MapGet("/args", GetArguments);
            group.MapGet($"/args/{{{ArgumentParameter}}}", GetArgument);
            group.MapGet("/code", GetCode).WithMetadata(new QueryParameters("language"));
        }
    }

    /// <summary>A file of the bundle, or the part of it at a path.</summary>
    public static IResult Part(ModelVersion version, string file, JsonElement? document, string? path)
    {
        if (document is not { } whole)
        {
            return Problems.NotInBundle(version.Model, version.Version, file);
        }

        if (string.IsNullOrEmpty(path))
        {
            return TypedResults.Ok(whole);
        }

        var name = $"The {file} of model '{version.Model}', version {version.Version},";
        return DottedPath.Find(whole, path, out var miss) is { } part
            ? TypedResults.Ok(part)
            : Problems.UnknownPart(name, miss.Reached, miss.Rest, miss.Known);
    }

    private static IResult GetSignature(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => TypedResults.Ok(SignatureReply.Of(version.Manifest!)));

    private static IResult GetExample(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => TypedResults.Ok(version.Manifest!.Signature.Example()));

    private static IResult GetPerformance(HttpContext context, VersionLookup versions, string? filter) =>
        Answer(context, versions, version => Part(version, PerformanceFile, version.Performance, filter));

    private static IResult GetArguments(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => Part(version, ArgumentsFile, version.Arguments, path: null));

    private static IResult GetArgument(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => Part(version, ArgumentsFile, version.Arguments, RouteValue(context, ArgumentParameter)));

    private static IResult GetCode(HttpContext context, VersionLookup versions, string? language) =>
        Answer(context, versions, version =>
        {
            if (CodeLanguage.Find(language) is not { } known)
            {
                return Problems.UnknownLanguage(language, CodeLanguage.Names);
            }

            var call = SampleCall.Of(context.Request, RouteValue(context, ModelEndpoints.NameParameter), version);
            return TypedResults.Text(known.Program(call), "text/plain", Encoding.UTF8);
        });

    private static IResult Answer(HttpContext context, VersionLookup versions, Func<ModelVersion, IResult> answer)
    {
        if (!versions.TryFind(RouteValue(context, ModelEndpoints.NameParameter), number: null, out var version, out var failure))
        {
            return Problem.Of(failure);
        }

        context.Features.Set(version);
        var result = answer(version);
        return result is Problem ? result : new Unchanging(result, version.Digest!);
    }

    private static string? RouteValue(HttpContext context, string parameter) => (string?)context.GetRouteValue(parameter);
}
