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
            var app = build();

            // Before the host does the same, which would log each failure with a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before the port was open: nothing was served, and nothing failed.
            return 0;
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

        // The configuration binder's exception: its message names the key and the type.
        InvalidOperationException { InnerException: FormatException or ArgumentException } unreadable => [unreadable.Message],

        // Kestrel's exception when an address is taken.
        IOException taken => [taken.Message, "Stop the other process, or listen elsewhere: --urls http://localhost:8901"],
        _ => null,
    };
}
