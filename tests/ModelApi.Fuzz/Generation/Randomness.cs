namespace ModelApi.Fuzz.Generation;

internal static class Randomness
{
    /// <summary>The generator of one item of a run: any item can be made again without those before it.</summary>
    public static Random Of(int seed, int index) => new(unchecked((seed * 397) ^ (index * 0x5bd1e995)));

    public static bool Chance(this Random random, double share) => random.NextDouble() < share;

    public static T Pick<T>(this Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>A length of which most are small and a few are near the largest.</summary>
    public static int Length(this Random random, int most) => (int)Math.Pow(most, random.NextDouble());

    public static byte[] Bytes(this Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
