using System.Text;

namespace ModelApi.Hosting;

/// <summary>The text of <c>ModelApi --help</c>.</summary>
internal static class Usage
{
    private const int NarrowestText = 24;
    private const int WidestLine = 100;

    private static readonly (string Name, string Text)[] Options =
    [
        ("--urls <addresses>", "Where the server listens, several separated by semicolons. Default: http://localhost:8900"),
        ("--environment <name>", "Production (the default), or Development, which knows the API key abc123."),
        ("--contentRoot <folder>", "The folder of appsettings.json. Default: the current folder, or else the program's."),
        ("--<Section>:<Name> <value>", "Any setting, for example --Limits:MaxJsonDepth 16."),
        ("--health [url]", "Asks a running server whether it is ready, and exits."),
        ("--move-store", "First: moves the store from SQLite to the PostgreSQL of Storage:ConnectionString, and exits."),
        ("--help, --version", "Shows this text or the version, and exits."),
    ];

    private static readonly (string Name, string Text)[] Settings =
    [
        ("Models:Root", "The folder of models, <name>/<version>/. Default: models"),
        ("Models:Default", "The model of the routes without a name, such as POST /predict."),
        ("Models:Engine", "What scores: auto, compiled or onnxruntime. Default: auto"),
        ("Storage:Folder", "Where the server keeps what survives a restart. Default: data, beside the program"),
        ("Storage:ConnectionString", "Of PostgreSQL, in place of a SQLite file in that folder."),
        ("Identity:ApiKeys:0:User", "The user of the first API key."),
        ("Identity:ApiKeys:0:Sha256", "SHA-256 of the key in hexadecimal digits: printf %s \"$KEY\" | sha256sum"),
        ("Identity:ApiKeys:0:Expires", "When the key expires, for example 2027-01-31T00:00:00Z. Default: never"),
        ("Authentication:Schemes:Bearer:Authority", "The issuer of JSON Web Tokens."),
        ("Authentication:Schemes:Bearer:ValidAudience", "The audience of the tokens for this server."),
        ("Limits:MaxRowsPerRequest", "Rows in one request. Default: 10000"),
        ("Limits:RequestTimeoutSeconds", "Seconds until a request is given up. Default: 30"),
        ("Limits:DrainSeconds", "Seconds from SIGTERM until the port closes. Default: 5, in development 0"),
        ("Logging:LogLevel:Default", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information"),
    ];

    private static readonly (string Name, string Text)[] ExitCodes =
    [
        ("0", "The server was told to stop and did; --health found it ready; or --move-store has moved everything."),
        ("1", "The server could not start, and said why; --health found it not ready; or --move-store has moved nothing."),
    ];

    /// <summary>The names of the settings that the text explains.</summary>
    public static IEnumerable<string> SettingNames => Settings.Select(setting => setting.Name);

    /// <param name="width">Columns of the console.</param>
    public static string Text(int width)
    {
        var text = new StringBuilder();
        Append(text, width, "", $"{Product.Name} {Product.Version} serves the models of a folder over HTTP.");
        text.AppendLine();
        Append(text, width, "Usage: ", "ModelApi [options]");
        Append(text, width, "Options", Options);
        Append(text, width, "Settings", Settings);
        text.AppendLine();
        Append(text, width, "  ", "Settings come from appsettings.json, the environment and the command line; the last one wins. "
            + "In the environment a colon is two underscores: Limits__MaxJsonDepth=16. docs/configuration.md lists all settings.");
        Append(text, width, "Exit codes", ExitCodes);
        return text.ToString();
    }

    private static void Append(StringBuilder text, int width, string title, (string Name, string Text)[] entries)
    {
        text.AppendLine().Append(title).AppendLine(":");
        var column = entries.Max(entry => entry.Name.Length) + 4;
        var isWide = width - column >= NarrowestText;
        foreach (var (name, meaning) in entries)
        {
            if (isWide)
            {
                Append(text, width, $"  {name}".PadRight(column), meaning);
            }
            else
            {
                text.Append("  ").AppendLine(name);
                Append(text, width, "      ", meaning);
            }
        }
    }

    /// <summary>Appends a paragraph that begins with a head, and whose further lines are as far to the right.</summary>
    private static void Append(StringBuilder text, int width, string head, string paragraph)
    {
        var longest = Math.Max(Math.Min(width, WidestLine), head.Length + 1);
        var length = head.Length;
        text.Append(head);
        foreach (var word in paragraph.Split(' '))
        {
            var isFirst = length == head.Length;
            if (!isFirst && length + 1 + word.Length > longest)
            {
                text.AppendLine().Append(' ', head.Length);
                (length, isFirst) = (head.Length, true);
            }

            text.Append(isFirst ? "" : " ").Append(word);
            length += word.Length + (isFirst ? 0 : 1);
        }

        text.AppendLine();
    }
}
