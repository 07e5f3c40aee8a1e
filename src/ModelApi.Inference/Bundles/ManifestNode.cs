using System.Text.Json;
using System.Text.RegularExpressions;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>A value in a JSON document with its path, so that each fault names its place.</summary>
internal sealed class ManifestNode(JsonElement element, string file, string path, BundleFaults faults)
{
    public JsonElement Element => element;

    public string Path => path;

    public JsonValueKind Kind => element.ValueKind;

    public void Fault(string message) => faults.Add(new BundleFault(file, path, message));

    public ManifestNode this[int index] => new(element[index], file, $"{path}[{index}]", faults);

    /// <summary>The member with that name, or null (with a fault when it is required).</summary>
    public ManifestNode? Member(string name, bool required = true)
    {
        var member = new ManifestNode(element.TryGetProperty(name, out var value) ? value : default, file, MemberPath(name), faults);
        if (member.Kind != JsonValueKind.Undefined)
        {
            return member;
        }

        if (required)
        {
            FaultMissing(name);
        }

        return null;
    }

    /// <summary>Reports a member that is required.</summary>
    public void FaultMissing(string name)
    {
        if (faults.IsFull)
        {
            faults.AddCounted();
        }
        else
        {
            faults.Add(new BundleFault(file, MemberPath(name), "Missing."));
        }
    }

    public IEnumerable<ManifestMember> Members()
    {
        foreach (var property in element.EnumerateObject())
        {
            yield return new ManifestMember(property.Name, new ManifestNode(property.Value, file, MemberPath(property.Name), faults));
        }
    }

    public IEnumerable<ManifestNode> Items()
    {
        for (var i = 0; i < element.GetArrayLength(); i++)
        {
            yield return this[i];
        }
    }

    /// <summary>Whether the value is an object with these keys only.</summary>
    public bool IsObject(params ReadOnlySpan<string> keys)
    {
        if (!Is(JsonValueKind.Object, "an object"))
        {
            return false;
        }

        foreach (var (name, value) in Members())
        {
            if (keys.Contains(name))
            {
                continue;
            }

            if (faults.IsFull)
            {
                // There may be a million.
                faults.AddCounted();
            }
            else
            {
                var meant = NearestName.Find(name, keys.ToArray());
                value.Fault(meant is null
                    ? $"Unknown key; known are {string.Join(", ", keys!)}."
                    : $"Unknown key; did you mean '{meant}'?");
            }
        }

        return true;
    }

    /// <summary>Whether the value is an object, with any keys.</summary>
    public bool IsMap() => Is(JsonValueKind.Object, "an object");

    public bool IsArray(int atLeast, int atMost)
    {
        if (!Is(JsonValueKind.Array, "an array"))
        {
            return false;
        }

        var length = element.GetArrayLength();
        if (length < atLeast || length > atMost)
        {
            Fault($"Must hold {atLeast} to {atMost} items, not {length}.");
            return false;
        }

        return true;
    }

    public string? Text(int atLeast = 1, int atMost = 10_000)
    {
        if (!Is(JsonValueKind.String, "a string"))
        {
            return null;
        }

        var text = element.GetString()!;
        if (text.Length < atLeast || text.Length > atMost)
        {
            Fault($"Must have {atLeast} to {atMost} characters.");
            return null;
        }

        return text;
    }

    public string? Match(Regex pattern, string meaning)
    {
        var text = Text();
        if (text is not null && !pattern.IsMatch(text))
        {
            Fault($"Must be {meaning}.");
            return null;
        }

        return text;
    }

    /// <summary>Whether no item occurs twice; each that does is a fault.</summary>
    /// <param name="items">The items of this array as they were read, null where that failed.</param>
    public bool AreDistinct<T>(IReadOnlyList<T?> items)
    {
        var seen = new HashSet<T>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is { } item && !seen.Add(item))
            {
                this[i].Fault("Occurs twice.");
            }
        }

        return seen.Count == items.Count;
    }

    /// <summary>The enumeration value that the text stands for.</summary>
    public T? OneOf<T>(params ReadOnlySpan<(string Text, T Value)> choices)
        where T : struct
    {
        if (Text() is not { } text)
        {
            return null;
        }

        foreach (var choice in choices)
        {
            if (choice.Text == text)
            {
                return choice.Value;
            }
        }

        var known = choices.ToArray().Select(choice => $"'{choice.Text}'");
        Fault($"Must be one of {string.Join(", ", known)}.");
        return null;
    }

    public bool Boolean()
    {
        if (Kind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fault($"Must be true or false, not {Describe()}.");
        }

        return Kind == JsonValueKind.True;
    }

    public double? Number()
    {
        if (!Is(JsonValueKind.Number, "a number"))
        {
            return null;
        }

        var number = element.GetDouble();
        if (!double.IsFinite(number))
        {
            Fault("Must be within the range of a 64-bit float.");
            return null;
        }

        return number;
    }

    /// <summary>A whole number within 64 bits, exactly.</summary>
    public long? Integer64()
    {
        if (!Is(JsonValueKind.Number, "a number"))
        {
            return null;
        }

        if (element.TryGetInt64(out var integer))
        {
            return integer;
        }

        Fault("Must be a whole number within 64 bits.");
        return null;
    }

    public long? Integer(long atLeast, long atMost)
    {
        if (Number() is not { } number)
        {
            return null;
        }

        if (number != Math.Floor(number) || number < atLeast || number > atMost)
        {
            Fault($"Must be a whole number from {atLeast} to {atMost}.");
            return null;
        }

        return (long)number;
    }

    private bool Is(JsonValueKind kind, string name)
    {
        if (Kind == kind)
        {
            return true;
        }

        Fault($"Must be {name}, not {Describe()}.");
        return false;
    }

    private string Describe() => Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private string MemberPath(string name) =>
        faults.IsFull ? path
        : name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$') && !char.IsAsciiDigit(name[0])
            ? $"{path}.{name}"
            : $"{path}['{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']";
}
