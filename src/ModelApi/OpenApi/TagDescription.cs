namespace ModelApi.OpenApi;

/// <summary>Metadata of endpoints: the group in which the document shows them.</summary>
internal sealed record TagDescription(string Tag, string Text);

internal static class TagDescriptionExtensions
{
    /// <summary>Shows the endpoints under a tag that has a description.</summary>
    public static TBuilder WithTag<TBuilder>(this TBuilder endpoints, string tag, string description)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithTags(tag).WithMetadata(new TagDescription(tag, description));
}
