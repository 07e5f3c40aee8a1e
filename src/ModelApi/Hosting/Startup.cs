namespace ModelApi.Hosting;

internal static class Startup
{
    /// <summary>Builds the server and runs it until it is told to stop; explains in plain lines why it cannot start.</summary>
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
        catch (Exception exception) when (StartupFailure.Explain(exception) is { } lines)
        {
            await Console.Error.WriteLineAsync($"{Product.Name} cannot start.");
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 1;
        }
    }
}
