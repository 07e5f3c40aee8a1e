namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A branch in the first levels of a tree; the other values are those of its node.</summary>
/// <param name="Place">Its place in the level, from the left; each level has twice the places of the one above.</param>
/// <param name="Slot"><see cref="SmallNode.Slot"/>.</param>
/// <param name="First"><see cref="SmallNode.First"/>.</param>
/// <param name="Span"><see cref="SmallNode.Span"/>.</param>
internal readonly record struct TopNode(ushort Place, ushort Slot, ushort First, ushort Span);

/// <summary>The first levels of a tree, each evaluated whole for many rows at a time.</summary>
/// <param name="Levels">The branches of each level; rows at other places go left.</param>
/// <param name="Exits">The node at each place of the level after the last.</param>
internal sealed record TreeTop(TopNode[][] Levels, int[] Exits)
{
    // A level costs as much as it has branches, a step of the walk always the same; at this number they break even.
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
