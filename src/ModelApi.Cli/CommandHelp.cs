using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelApi.Cli;

/// <summary>A command's help, wrapped at words, with notes below it.</summary>
internal sealed class CommandHelp(string notes) : SynchronousCommandLineAction
{
    private const int RedirectedWidth = 100;
    private const int NarrowestWidth = 40;

    /// <summary>Columns of the terminal; 100 where the help goes to a file or a pipe.</summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
            {
                return RedirectedWidth;
            }

            // A terminal that does not know its size says 0.
            var width = Console.WindowWidth;
            return width > 0 ? Math.Max(width, NarrowestWidth) : RedirectedWidth;
        }
    }

    /// <summary>Writes the help of the command that was parsed.</summary>
    public override int Invoke(ParseResult parseResult)
    {
        var width = Width;
        new HelpAction { MaxWidth = width }.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(Wrap(notes, width));
        return ExitCodes.Success;
    }

    /// <summary>Breaks lines at spaces. A continuation is indented like its line, or like the text after two spaces in it.</summary>
    public static string Wrap(string text, int width) =>
        string.Join(Environment.NewLine, text.Split('\n').SelectMany(line => WrapLine(line, width)));

    private static IEnumerable<string> WrapLine(string line, int width)
    {
        var start = line.TakeWhile(c => c == ' ').Count();
        var gap = line.IndexOf("  ", start, StringComparison.Ordinal);
        var indent = gap < 0 ? start : gap + line[gap..].TakeWhile(c => c == ' ').Count();
        while (line.Length > width)
        {
            var end = line.LastIndexOf(' ', width, width - indent);
            if (end < 0)
            {
                break;
            }

            yield return line[..end].TrimEnd();
            line = new string(' ', indent) + line[(end + 1)..];
        }

        yield return line;
    }
}
