using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ModelApi.Hosting;

/// <summary>Says in plain lines why the server cannot start, and what to do.</summary>
internal static class StartupFailure
{
    private const string Addresses = "Listen elsewhere, for example: --urls http://localhost:8901";
    private const string Certificates =
        "Name a certificate: Kestrel__Certificates__Default__Path, with …__Password for a PFX file or …__KeyPath for a PEM file.";

    /// <returns>Null for a fault of the program itself.</returns>
    public static IReadOnlyList<string>? Explain(Exception exception)
    {
        var chain = Chain(exception).ToList();
        var failures = chain.OfType<OptionsValidationException>().SelectMany(invalid => invalid.Failures).Distinct().ToList();
        if (failures.Count > 0)
        {
            return failures;
        }

        return exception is InvalidOperationException or InvalidDataException or IOException or FormatException or ArgumentException
            or SocketException or CryptographicException or UnauthorizedAccessException
            ? [.. Explain(chain)]
            : null;
    }

    private static IEnumerable<string> Explain(List<Exception> chain)
    {
        var socket = chain.OfType<SocketException>().FirstOrDefault();
        if (chain.Exists(exception => exception is AddressInUseException))
        {
            return [chain[0].Message, "Stop the other process, or listen elsewhere: --urls http://localhost:8901"];
        }

        if (chain.OfType<JsonException>().FirstOrDefault() is { } json)
        {
            return
            [
                chain[0].Message,
                $"Line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1} is not JSON: "
                    + "look for a missing or misplaced comma, quote or bracket.",
            ];
        }

        return (socket?.SocketErrorCode, chain[0]) switch
        {
            (SocketError.AccessDenied, _) => ["The server may not listen on its port: ports below 1024 need a privilege.", Addresses],
            (SocketError.AddressNotAvailable, _) =>
                ["The server cannot listen on its address: no network of this machine has it.", Addresses],
            (_, FormatException { Message: var message }) when message.StartsWith("Invalid url", StringComparison.Ordinal) =>
                [$"urls: {message[(message.IndexOf(':', StringComparison.Ordinal) + 2)..]} is not an address; "
                    + "write it like http://localhost:8900, or http://*:8900 for every network."],
            (_, FormatException { Message: var message }) when message.Contains("switch", StringComparison.Ordinal) =>
                ["An option with a value begins with two dashes, as in --urls=http://localhost:8900; see --help."],
            (_, ArgumentOutOfRangeException { ParamName: "port" }) => ["A port is a number from 0 to 65535.", Addresses],
            (_, InvalidOperationException { Message: var message }) when message.Contains("HTTPS endpoint", StringComparison.Ordinal) =>
                ["The server has no certificate for its https:// address.", Certificates],
            (_, DirectoryNotFoundException { Message: var folder }) when Path.IsPathFullyQualified(folder) =>
                [$"The folder '{folder.TrimEnd('/', '\\')}' does not exist; --contentRoot names the folder of appsettings.json."],
            (_, FileNotFoundException { Message: var message }) =>
                [message, "If it is the certificate of an https:// address: " + Certificates],
            (_, CryptographicException { Message: var message }) =>
                [$"The certificate of an https:// address cannot be read: {message}", Certificates],
            _ => chain.Select(exception => WithoutType(exception.Message)).Distinct(),
        };
    }

    // The configuration's binder ends its sentence with a .NET type.
    private static string WithoutType(string message)
    {
        var end = message.IndexOf(" to type '", StringComparison.Ordinal);
        return end < 0 ? message : $"{message[..end]}.";
    }

    private static IEnumerable<Exception> Chain(Exception exception) => exception switch
    {
        AggregateException all => all.InnerExceptions.SelectMany(Chain),
        { InnerException: { } inner } => Chain(inner).Prepend(exception),
        _ => [exception],
    };
}
