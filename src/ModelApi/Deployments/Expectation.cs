using Microsoft.Net.Http.Headers;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>The revisions that a model may have for a change to be made: the header <c>If-Match</c> (RFC 9110, section 13.1.1).</summary>
internal sealed class Expectation
{
    private readonly IList<EntityTagHeaderValue> _tags;

    private Expectation(IList<EntityTagHeaderValue> tags) => _tags = tags;

    /// <summary>Whether any revision will do, because the caller expects none.</summary>
    public bool IsNone => _tags.Count == 0;

    public static Expectation None { get; } = new([]);

    public static Expectation Of(HttpContext context) =>
        context.Request.Headers.IfMatch.Count == 0 ? None : new Expectation(
            EntityTagHeaderValue.TryParseList(context.Request.Headers.IfMatch, out var tags) ? tags : [new EntityTagHeaderValue("\"\"")]);

    /// <param name="revision">The revision that the model has; 0 for one that nobody has changed.</param>
    public bool Allows(long revision)
    {
        var tag = new EntityTagHeaderValue(ModelReply.TagOf(revision));
        return IsNone || _tags.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: true));
    }
}
