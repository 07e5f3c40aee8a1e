using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>Changes the case of letters as ONNX Runtime does: by the C library's tables of a locale.</summary>
internal sealed partial class LetterCase
{
    private const int CharacterTypes = 1 << 0;
    private static readonly string[] AsciiLocales = ["C", "POSIX"];

    private readonly bool _isLower;

    // By character, and for pairs of surrogates by code point; null for the locales that know ASCII only.
    private readonly char[]? _characters;
    private readonly Dictionary<int, int> _pairs = [];

    /// <param name="locale">The locale's name.</param>
    /// <param name="isLower">Whether letters become lower case, not upper case.</param>
    /// <exception cref="NotCompilableException">The machine does not have the locale, or it cannot be asked here.</exception>
    public LetterCase(string locale, bool isLower)
    {
        _isLower = isLower;
        if (AsciiLocales.Contains(locale))
        {
            return;
        }

        var isName = locale.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' or '@');
        var handle = OperatingSystem.IsLinux() && isName ? NewLocale(CharacterTypes, locale, 0) : 0;
        if (handle == 0)
        {
            throw new NotCompilableException($"the locale '{locale}' of its StringNormalizer is not known here");
        }

        _characters = new char[char.MaxValue + 1];
        for (var character = 0; character < _characters.Length; character++)
        {
            _characters[character] = char.IsSurrogate((char)character) ? (char)character : checked((char)Change(character));
        }

        for (var point = _characters.Length; point <= 0x10FFFF; point++)
        {
            if (Change(point) is var changed && changed != point)
            {
                _pairs.Add(point, changed);
            }
        }

        FreeLocale(handle);

        int Change(int point) => (int)(isLower ? ToLower((uint)point, handle) : ToUpper((uint)point, handle));
    }

    /// <summary>Changes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="changed">Receives as many characters.</param>
    public void Change(ReadOnlySpan<char> text, Span<char> changed)
    {
        var status = _isLower ? Ascii.ToLower(text, changed, out _) : Ascii.ToUpper(text, changed, out _);
        if (status == OperationStatus.Done)
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            changed[i] = _characters is not null ? _characters[character]
                : !char.IsAscii(character) ? character
                : _isLower ? char.ToLowerInvariant(character)
                : char.ToUpperInvariant(character);
            if (char.IsHighSurrogate(character)
                && _pairs.Count > 0
                && Rune.DecodeFromUtf16(text[i..], out var rune, out var length) == OperationStatus.Done
                && _pairs.TryGetValue(rune.Value, out var other))
            {
                new Rune(other).EncodeToUtf16(changed[i..]);
                i += length - 1;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "newlocale", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint NewLocale(int mask, string locale, nint basis);

    [LibraryImport("libc", EntryPoint = "freelocale")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeLocale(nint locale);

    [LibraryImport("libc", EntryPoint = "towlower_l")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint ToLower(uint character, nint locale);

    [LibraryImport("libc", EntryPoint = "towupper_l")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint ToUpper(uint character, nint locale);
}
