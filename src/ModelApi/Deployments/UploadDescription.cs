using Microsoft.OpenApi;
using ModelApi.Deployments.Archives;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using ModelApi.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.Deployments;

/// <summary>Describes the routes of <see cref="UploadEndpoints"/>: archives as bodies, digests as headers, and what they end in.</summary>
internal sealed class UploadDescription(ModelRegistry registry, ArchiveLimits limits) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        switch (operation.OperationId)
        {
            case UploadEndpoints.Upload:
                DescribeUpload(operation, context.Document);
                break;
            case UploadEndpoints.Download:
                DescribeBundle(operation, context.Document);
                break;
            default:
                break;
        }
    }

    private void DescribeUpload(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.RequestBody = new OpenApiRequestBody { Required = true, Description = "The archive.", Content = Archives() };
        foreach (var parameter in operation.Parameters!.OfType<OpenApiParameter>())
        {
            switch (parameter.Name)
            {
                case UploadEndpoints.WaitParameter:
                    parameter.Description = "true answers when the version is ready or has failed.";
                    parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean };
                    break;
                case ModelEndpoints.NameParameter:
                    parameter.Description = "The model, which need not exist: lower-case letters, digits, '-', '_' and '.'.";
                    break;
                case ModelEndpoints.VersionParameter:
                    parameter.Description = "The version, a positive whole number.";
                    break;
                default:
                    break;
            }
        }

        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = ContentDigest.Field,
            In = ParameterLocation.Header,
            Description = "Digests of the body (RFC 9530), sha-256 or sha-512 or both: a body that does not have them is refused.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        foreach (var status in new[] { "200", "201", "202" })
        {
            AddHeaders(operation.Responses![status], status == "200" ? ["ETag"] : ["ETag", "Location"]);
        }

        // A model that does not exist is made.
        operation.Responses!.Remove("404");
        var shown = registry.DefaultModel ?? "bank";
        operation.AddProblems(
            document,
            names: null,
            ArchiveProblems.Unreadable(new ArchiveException("It is neither.")),
            ArchiveProblems.WrongDigest("sha-256"),
            ArchiveProblems.MalformedDigest(),
            UploadProblems.InvalidVersion("1.0"),
            UploadProblems.Taken(shown, "1"),
            ArchiveProblems.TooLarge(limits.MaxBytes),
            ArchiveProblems.UnsupportedMediaType(),
            DeploymentProblems.OtherBundle(shown, "2", shown, "1"),
            UploadProblems.Failed(shown, "2", 1, ["golden.jsonl: The file is missing."]),
            DeploymentProblems.StoreAway(new("The store is being opened.")),
            ArchiveProblems.TooMany());
    }

    private static void DescribeBundle(OpenApiOperation operation, OpenApiDocument document)
    {
        var response = new OpenApiResponse { Description = "The archive.", Content = Archives() };
        operation.Responses!["200"] = response;
        AddHeaders(response, "ETag", BundleDownloads.DigestField);
        operation.Responses["206"] = new OpenApiResponse { Description = "The part that Range asked for.", Content = Archives() };
        operation.AddProblems(
            document, names: null, ModelProblems.NotReady, DeploymentProblems.StoreAway(new("The store is being opened.")));
        operation.Responses["304"] = document.Share(
            new OpenApiResponse { Description = "Unchanged since the ETag in If-None-Match." }, "NotModified");
    }

    private static void AddHeaders(IOpenApiResponse response, params string[] names)
    {
        if (response is OpenApiResponse own)
        {
            own.Headers = names.ToDictionary(name => name, IOpenApiHeader (name) => Header(name));
        }
    }

    private static OpenApiHeader Header(string name) => new()
    {
        Description = name switch
        {
            "ETag" => "The SHA-256 of the archive: \"sha256:…\".",
            "Location" => "The version, whose state can be read there.",
            _ => "The SHA-256 of the archive (RFC 9530).",
        },
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static Dictionary<string, IOpenApiMediaType> Archives()
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        return new[] { ArchiveFormat.Zip, ArchiveFormat.TarGz }.ToDictionary(
            format => format.MediaType(), IOpenApiMediaType (_) => new OpenApiMediaType { Schema = schema });
    }
}
