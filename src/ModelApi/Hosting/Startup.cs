using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ModelApi.Hosting;

internal static class Startup
{
    /// <summary>Builds the server and runs it until it is told to stop; a configuration that cannot work is told in plain lines.</summary>
    /// <returns>The process's exit code: 0 after a normal stop, 1 when the server could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        try
        {
            await build().RunAsync();
            return Environment.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before the port was open: nothing was served, and nothing failed.
            return Environment.ExitCode;
        }
        catch (Exception exception) when (Explain(exception) is { } lines)
        {
            await Console.Error.WriteLineAsync("ModelApi cannot start.");
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 1;
        }
    }

    private static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException all when all.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            all.InnerExceptions.Cast<OptionsValidationException>().SelectMany(invalid => invalid.Failures),
        IOException { InnerException: AddressInUseException } taken =>
            [taken.Message, "Stop the other process, or listen elsewhere: --urls http://localhost:8901"],

        // A setting of the wrong type, settings that are no JSON, an address that is none, a certificate that is missing:
        // the messages name what is wrong.
        InvalidOperationException or InvalidDataException or IOException or FormatException or ArgumentException or SocketException =>
            Messages(exception),
        _ => null,
    };

    private static IEnumerable<string> Messages(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception.Message;
        }
    }
}
