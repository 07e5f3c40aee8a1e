namespace ModelApi.Cli.Servers;

/// <summary>Finds the version that a word on the command line means.</summary>
internal static class VersionNames
{
    /// <summary>The word for the version in production.</summary>
    public const string Production = "production";

    /// <summary>How versions are named, for descriptions of arguments.</summary>
    public const string Description = "its number, an alias, or 'production'";

    /// <summary>The number of a version.</summary>
    /// <param name="client">The server.</param>
    /// <param name="model">The model.</param>
    /// <param name="name">A number, an alias or <see cref="Production"/>.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="CommandException">There is no such version.</exception>
    public static async Task<string> ResolveAsync(ServerClient client, string model, string name, CancellationToken cancellationToken)
    {
        if (name.All(char.IsAsciiDigit))
        {
            return name;
        }

        var found = (await client.GetModelAsync(model, cancellationToken)).Value;
        if (name == Production)
        {
            return found.Production ?? throw new CommandException($"Model '{model}' has no version in production.", ExitCodes.Conflict);
        }

        var known = found.Aliases is { Count: > 0 } aliases ? string.Join(", ", aliases.Keys) : "none";
        return found.Aliases?.GetValueOrDefault(name)
            ?? throw new CommandException($"Model '{model}' has no alias '{name}'; it has {known}.");
    }
}
