using System.Globalization;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Isolation;

/// <summary>Processes that do not do what they should, made by a shell.</summary>
public sealed class IsolatedProverTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [LinuxTheory]
    [InlineData("kill -SEGV $$", "The process that proved it ended with signal 11 (segmentation fault)")]
    [InlineData("kill -ABRT $$", "The process that proved it ended with signal 6 (abort)")]
    [InlineData("kill -KILL $$", "The process that proved it ended with signal 9 (killed")]
    [InlineData("echo Stack overflow. >&2; echo at f >&2; kill -ABRT $$", "It wrote: Stack overflow.")]
    [InlineData("exit 7", "The process that proved it ended with exit code 7 instead of a verdict")]
    [InlineData("exit 0", "The process that proved it gave no verdict.")]
    [InlineData("echo '{\"faults\":[]}'", "The process that proved it gave no verdict.")]
    [InlineData("echo '{\"digest\":null,\"goldenRows\":1,\"largestDifference\":0,\"faults\":[[1,2]]}'", "gave no verdict.")]
    [InlineData("head -c 1000000 /dev/zero", "The process that proved it wrote more than 524288 bytes.")]
    [InlineData("exit 3", "(Models:LoadMemoryMegabytes)")]
    [InlineData("sleep 30 & exit 0", "The process that proved it ended, but its output did not.")]
    public async Task A_process_that_gives_no_verdict_is_the_fault_of_its_bundle(string script, string expected)
    {
        var proof = await Shell(script).ProveAsync(_models.Root, CancellationToken.None);

        Assert.False(proof.IsVerdict);
        Assert.Contains(expected, Assert.Single(proof.Faults).Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_process_that_never_ends_is_killed_at_the_deadline_with_those_that_it_started()
    {
        var script = $"sleep 1000 & echo $! $$ > {_models.Root}/started; while true; do echo x; echo y >&2; done";

        var proof = await Shell(script, seconds: 1).ProveAsync(_models.Root, CancellationToken.None);

        Assert.StartsWith("It was not loaded and proved within 1 s", Assert.Single(proof.Faults).Message, StringComparison.Ordinal);
        var started = (await File.ReadAllTextAsync(Path.Combine(_models.Root, "started"))).Split();
        foreach (var process in started.Where(id => id.Length > 0))
        {
            await AssertEndedAsync(process);
        }
    }

    [LinuxFact]
    public async Task A_caller_that_stops_waiting_stops_the_process()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var prover = Shell($"echo $$ > {_models.Root}/started; sleep 1000");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prover.ProveAsync(_models.Root, stop.Token));

        await AssertEndedAsync((await File.ReadAllTextAsync(Path.Combine(_models.Root, "started"))).Trim());
    }

    [LinuxFact]
    public async Task A_process_that_takes_too_much_memory_is_killed_where_the_system_does_not_refuse_it()
    {
        // tail keeps the last line, which never ends.
        var proof = await Shell("exec tail /dev/zero", megabytes: 64).ProveAsync(_models.Root, CancellationToken.None);

        Assert.Contains("more memory than 64 MB", Assert.Single(proof.Faults).Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_process_inherits_no_secrets()
    {
        Environment.SetEnvironmentVariable("Identity__ApiKeys__0__Sha256", "secret");
        try
        {
            await Shell($"env > {_models.Root}/environment").ProveAsync(_models.Root, CancellationToken.None);
        }
        finally
        {
            Environment.SetEnvironmentVariable("Identity__ApiKeys__0__Sha256", null);
        }

        var environment = await File.ReadAllTextAsync(Path.Combine(_models.Root, "environment"));
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_a_fault_and_no_exception()
    {
        var prover = new IsolatedProver(new ChildProgram(Path.Combine(_models.Root, "nothing"), []), new LoadLimits());

        var proof = await prover.ProveAsync(_models.Root, CancellationToken.None);

        Assert.StartsWith("The process that proves it cannot be started", Assert.Single(proof.Faults).Message, StringComparison.Ordinal);
    }

    private static IsolatedProver Shell(string script, double seconds = 30, int megabytes = 512) => new(
        new ChildProgram("sh", ["-c", script]),
        new LoadLimits { Timeout = TimeSpan.FromSeconds(seconds), MemoryBytes = megabytes * 1024L * 1024 });

    private static async Task AssertEndedAsync(string process)
    {
        for (var patience = 0; IsRunning(int.Parse(process, CultureInfo.InvariantCulture)); patience++)
        {
            Assert.True(patience < 500, $"Process {process} goes on.");
            await Task.Delay(10);
        }
    }

    // One that has ended may wait as a zombie for a parent that asks for its exit code.
    private static bool IsRunning(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
