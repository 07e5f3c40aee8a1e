using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>Texts and their numbers, found by characters without making a string.</summary>
internal sealed class TextTable
{
    private readonly List<string> _texts = [];
    private int[] _slots = new int[16];
    private int[] _numbers = new int[16];
    private uint[] _hashes = new uint[16];

    /// <summary>The number of texts.</summary>
    public int Count => _texts.Count;

    /// <summary>The number of characters of the longest text.</summary>
    public int Longest { get; private set; }

    /// <summary>Adds a text unless it is there.</summary>
    /// <returns>The number of the text: how many were added before it.</returns>
    public int Add(string text)
    {
        if (Find(text) is var known and >= 0)
        {
            return known;
        }

        // At least half of the slots are free, so that searches are short.
        _texts.Add(text);
        Longest = Math.Max(Longest, text.Length);
        if (2 * _texts.Count > _slots.Length)
        {
            _slots = new int[2 * _slots.Length];
            _numbers = new int[_slots.Length];
            _hashes = new uint[_slots.Length];
            for (var number = 0; number < _texts.Count; number++)
            {
                Place(number);
            }
        }
        else
        {
            Place(_texts.Count - 1);
        }

        return _texts.Count - 1;
    }

    /// <summary>The number of a text; negative if it is not there.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        var hash = Hash(text);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_hashes[slot] == hash && text.SequenceEqual(_texts[_numbers[slot]]))
            {
                return _numbers[slot];
            }
        }

        return -1;
    }

    private void Place(int number)
    {
        var hash = Hash(_texts[number]);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        (_slots[slot], _numbers[slot], _hashes[slot]) = (1, number, hash);
    }

    private static uint Hash(ReadOnlySpan<char> text)
    {
        var hash = (uint)text.Length;
        foreach (var character in text)
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ character) * 0x9E3779B1;
        }

        return hash ^ (hash >> 15);
    }
}
