using System.Text;
using System.Text.Json;
using ModelApi.Answers;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models.Code;

namespace ModelApi.Models;

/// <summary>What a model's bundle tells its users, of any model and, at the root, of the default one.</summary>
internal static class ModelPartEndpoints
{
    private const string ArgumentParameter = "arg";
    private const string NameParameter = "name";

    // The typed documentation of these routes is made from the registry: see ModelPartOperations.
    public static void MapModelParts(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", $"/models/{{{NameParameter}}}" })
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

    private static IResult GetSignature(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => TypedResults.Ok(SignatureReply.Of(version.Manifest!)));

    private static IResult GetExample(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => TypedResults.Ok(version.Manifest!.Signature.Example()));

    private static IResult GetPerformance(HttpContext context, VersionLookup versions, string? filter) =>
        Answer(context, versions, version => Part(version, "performance.json", version.Performance, filter));

    private static IResult GetArguments(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => Part(version, "args.json", version.Arguments, path: null));

    private static IResult GetArgument(HttpContext context, VersionLookup versions) =>
        Answer(context, versions, version => Part(version, "args.json", version.Arguments, RouteValue(context, ArgumentParameter)));

    private static IResult GetCode(HttpContext context, VersionLookup versions, string? language) =>
        Answer(context, versions, version =>
        {
            var known = CodeLanguage.All.FirstOrDefault(known => known.Name.Equals(language, StringComparison.OrdinalIgnoreCase));
            return known is null
                ? Problems.UnknownLanguage(language, CodeLanguage.All.Select(any => any.Name))
                : TypedResults.Text(known.Program(SampleCall.Of(context.Request, RouteValue(context, NameParameter), version)), "text/plain", Encoding.UTF8);
        });

    private static IResult Answer(HttpContext context, VersionLookup versions, Func<ModelVersion, IResult> answer)
    {
        if (!versions.TryFind(RouteValue(context, NameParameter), number: null, out var version, out var failure))
        {
            return Problem.Of(failure);
        }

        context.Features.Set(version);
        var result = answer(version);
        return result is Problem ? result : new Unchanging(result, version.Digest!);
    }

    private static IResult Part(ModelVersion version, string file, JsonElement? document, string? path)
    {
        if (document is not { } whole)
        {
            return Problems.NotInBundle(version.Model, version.Version, file);
        }

        if (string.IsNullOrEmpty(path))
        {
            return TypedResults.Ok(whole);
        }

        return DottedPath.Find(whole, path, out var miss) is { } part
            ? TypedResults.Ok(part)
            : Problems.UnknownPart($"The {file} of model '{version.Model}', version {version.Version},", miss.Reached, miss.Rest, miss.Known);
    }

    private static string? RouteValue(HttpContext context, string parameter) => (string?)context.GetRouteValue(parameter);
}
