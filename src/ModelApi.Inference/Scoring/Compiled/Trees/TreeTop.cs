namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A branch of a tree's first levels.</summary>
/// <param name="Place">Its place in its level, from the left; a level twice as wide as the one above.</param>
/// <param name="Slot">As in the node.</param>
/// <param name="First">As in the node.</param>
/// <param name="Span">As in the node.</param>
internal readonly record struct TopNode(ushort Place, ushort Slot, ushort First, ushort Span);

/// <summary>The first levels of a tree, each evaluated whole for many rows at a time.</summary>
/// <param name="Levels">The branches of each level; a row at any other place goes left.</param>
/// <param name="Exits">The tree's node that each place of the level after the last stands for.</param>
internal sealed record TreeTop(TopNode[][] Levels, int[] Exits)
{
    // Evaluating a level costs as much as it has branches, walking on costs the same at any level; here they are even.
    private const int MostBranches = 40;
    private const int MostLevels = 8;

    public static TreeTop[] Build(ReadOnlySpan<ForestTree> trees, ReadOnlySpan<SmallNode> nodes)
    {
        var tops = new TreeTop[trees.Length];
        for (var i = 0; i < tops.Length; i++)
        {
            tops[i] = Build(trees[i], nodes);
        }

        return tops;
    }

    private static TreeTop Build(ForestTree tree, ReadOnlySpan<SmallNode> nodes)
    {
        var levels = new TopNode[MostLevels][];
        var branches = new TopNode[MostBranches];
        int[] places = [tree.First];
        for (var level = 0; level < MostLevels; level++)
        {
            var count = 0;
            var next = new int[places.Length * 2];
            for (var place = 0; place < places.Length; place++)
            {
                var node = nodes[places[place]];
                var isBranch = node.Step > 0;
                next[2 * place] = places[place] + (int)node.Step;
                next[(2 * place) + 1] = places[place] + (int)node.Step + (isBranch ? 1 : 0);
                if (isBranch && count < MostBranches)
                {
                    branches[count] = new TopNode((ushort)place, (ushort)node.Slot, (ushort)node.First, (ushort)node.Span);
                }

                count += isBranch ? 1 : 0;
            }

            if (count is 0 or > MostBranches)
            {
                return new TreeTop(levels[..level], places);
            }

            levels[level] = branches[..count];
            places = next;
        }

        return new TreeTop(levels, places);
    }
}
