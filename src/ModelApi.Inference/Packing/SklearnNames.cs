using System.Globalization;
using System.Text;

namespace ModelApi.Inference.Packing;

/// <summary>The names that skl2onnx gives to the inputs of a graph: those of the columns, as identifiers.</summary>
internal static class SklearnNames
{
    /// <summary>Renames columns in their order, because of two equal names the later gets a number.</summary>
    /// <param name="columns">The names of the columns.</param>
    /// <returns>The name of each, in the same order.</returns>
    public static IReadOnlyList<string> Of(IEnumerable<string> columns)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var column in columns)
        {
            var name = Identifier(column);
            var unique = name;
            for (var number = 1; !taken.Add(unique); number++)
            {
                unique = name + number.ToString(CultureInfo.InvariantCulture);
            }

            names.Add(unique);
        }

        return names;
    }

    // As a regular expression of Python does: by character, not by UTF-16 code unit.
    private static string Identifier(string column)
    {
        var name = new StringBuilder();
        foreach (var character in column.EnumerateRunes())
        {
            name.Append(IsWord(character) ? character.ToString() : "_");
        }

        return name.Length > 0 && char.IsAsciiDigit(name[0]) ? $"_{name}" : name.ToString();
    }

    private static bool IsWord(Rune character) => character.Value == '_' || Rune.GetUnicodeCategory(character) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
