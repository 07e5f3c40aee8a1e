using System.Globalization;
using System.Text.Json;

namespace ModelApi.Models;

/// <summary>Finds a part of a JSON document: <c>overall.accuracy</c>, <c>slices.0.n</c> or <c>slices[0].n</c>.</summary>
/// <remarks>A key may itself hold dots or brackets, so every way to read the path is tried.</remarks>
internal sealed class DottedPath
{
    private readonly string _path;
    private int _reached = -1;
    private JsonElement _last;

    private DottedPath(string path) => _path = path;

    /// <param name="document">The document to search.</param>
    /// <param name="path">At least one character.</param>
    /// <param name="miss">How far the path leads, when it does not lead to a value.</param>
    /// <returns>The value, or null.</returns>
    public static JsonElement? Find(JsonElement document, string path, out Miss miss)
    {
        var search = new DottedPath(path);
        var value = search.Find(document, 0);
        miss = new Miss(path[..search._reached].TrimEnd('.'), path[search._reached..], Parts(search._last));
        return value;
    }

    private JsonElement? Find(JsonElement at, int start)
    {
        if (start > _reached)
        {
            (_reached, _last) = (start, at);
        }

        return at.ValueKind switch
        {
            JsonValueKind.Object => FindMember(at, start),
            JsonValueKind.Array => FindItem(at, start),
            _ => null,
        };
    }

    private JsonElement? FindMember(JsonElement parent, int start)
    {
        if (parent.TryGetProperty(_path.AsSpan(start), out var whole))
        {
            return whole;
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (_path.AsSpan(start).StartsWith(member.Name, StringComparison.Ordinal)
                && Follow(member.Value, start + member.Name.Length) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    private JsonElement? FindItem(JsonElement parent, int start)
    {
        var isBracketed = _path[start] == '[';
        var first = isBracketed ? start + 1 : start;
        var end = first;
        while (end < _path.Length && char.IsAsciiDigit(_path[end]))
        {
            end++;
        }

        if (!int.TryParse(_path.AsSpan(first, end - first), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index >= parent.GetArrayLength())
        {
            return null;
        }

        if (isBracketed && (end == _path.Length || _path[end++] != ']'))
        {
            return null;
        }

        return Follow(parent[index], end);
    }

    // After a key or an index comes the end, a dot and a key, or an index in brackets.
    private JsonElement? Follow(JsonElement value, int end) =>
        end == _path.Length ? value
        : _path[end] == '[' ? Find(value, end)
        : _path[end] == '.' && end + 1 < _path.Length ? Find(value, end + 1)
        : null;

    private static IEnumerable<string> Parts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(member => member.Name),
        JsonValueKind.Array => Enumerable.Range(0, element.GetArrayLength()).Select(index => index.ToString(CultureInfo.InvariantCulture)),
        _ => [],
    };

    /// <summary>The place at which a path leads no further.</summary>
    /// <param name="Reached">The part of the path that leads to a value; empty for the document itself.</param>
    /// <param name="Rest">The rest of the path, which that value does not have.</param>
    /// <param name="Known">The names or indices that it has.</param>
    internal readonly record struct Miss(string Reached, string Rest, IEnumerable<string> Known);
}
