using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>The server in its own process, as an operator starts it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    /// <summary>The address in the announcement on the console.</summary>
    public Uri Address => new(_address.Task.Result);

    /// <summary>Standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    /// <summary>Starts the server in the Development environment and waits until every model is ready or failed.</summary>
    public static Task<ServerProcess> StartAsync(params (string Name, string? Value)[] environment) =>
        StartAsync(["--urls", "http://127.0.0.1:0"], environment);

    public static Task<ServerProcess> StartAsync(string[] arguments, params (string Name, string? Value)[] environment) =>
        StartAsync(arguments, waitForAll: true, environment);

    /// <summary>Starts the server.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="waitForAll">Whether to wait until every model is ready or failed, or only for the announcement.</param>
    /// <param name="environment">Variables, or null values for those that it must not have.</param>
    public static async Task<ServerProcess> StartAsync(
        string[] arguments, bool waitForAll, params (string Name, string? Value)[] environment)
    {
        var server = Launch(arguments, environment);
        var ended = server._process.WaitForExitAsync();
        if (await Task.WhenAny(server._announced.Task, ended, Task.Delay(Patience)) != server._announced.Task)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server did not start:\n{server.Output}");
        }

        if (waitForAll)
        {
            await server.WaitUntilLoadedAsync();
        }

        return server;
    }

    /// <summary>Waits until every model is ready or failed.</summary>
    public async Task WaitUntilLoadedAsync()
    {
        using var client = Client();
        while (!await IsLoadedAsync(client))
        {
            Assert.False(_process.HasExited, $"The server has ended:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Starts a server that is expected to stop by itself.</summary>
    /// <returns>Its exit code and its output.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(
        string[] arguments, params (string Name, string? Value)[] environment)
    {
        await using var server = Launch(arguments, environment);
        using var patience = new CancellationTokenSource(Patience);
        await server._process.WaitForExitAsync(patience.Token);
        return (server._process.ExitCode, server.Output);
    }

    public HttpClient Client(string? key = "abc123")
    {
        var client = new HttpClient { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return client;
    }

    /// <summary>Sends raw bytes, and reads the answer until the connection ends or stays silent.</summary>
    public async Task<string> SendRawAsync(byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        var stream = socket.GetStream();
        var answer = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            await stream.WriteAsync(request);
            for (var length = -1; length != 0; answer.Write(buffer, 0, length))
            {
                // The first bytes may take a while; the rest follows at once.
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(answer.Length == 0 ? 3 : 0.2));
                length = await stream.ReadAsync(buffer, patience.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The server may close, reset or keep the connection; the answer so far is what counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, SigTerm));

    /// <summary>Waits until the process has exited.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<bool> IsLoadedAsync(HttpClient client)
    {
        if ((await client.GetAsync(new Uri("/health/startup", UriKind.Relative))).StatusCode != HttpStatusCode.OK)
        {
            return false;
        }

        using var ready = JsonDocument.Parse(
            await (await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).Content.ReadAsStringAsync());
        return ready.RootElement.GetProperty("checks").EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "models")
            .GetProperty("data").GetProperty("loading").GetInt32() == 0;
    }

    private static ServerProcess Launch(string[] arguments, (string Name, string? Value)[] environment)
    {
        var project = Path.Combine(Repository.Root, "src", "ModelApi");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(project, "bin", configuration, "net10.0", "ModelApi.dll"), .. arguments])
        {
            WorkingDirectory = project,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";

        // The servers of all tests have one folder of the program.
        start.Environment["Storage__Folder"] = "";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Take(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Take(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (AddressLine().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(match.Groups["address"].Value);

            // In formats for programs, the announcement is this one event.
            if (match.Groups[1].Success)
            {
                _announced.TrySetResult();
            }
        }
        else if (line.StartsWith("  docs ", StringComparison.Ordinal))
        {
            // The announcement is written in one piece, so the rest of it follows without delay.
            _announced.TrySetResult();
        }
    }

    private const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [GeneratedRegex("ModelApi [^ ]+ (?:on|(listens) on) (?<address>http://[^ ,]+)")]
    private static partial Regex AddressLine();
}
