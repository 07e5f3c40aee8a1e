using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ModelApi.Cli.Files;

/// <summary>Shows how far the scoring is, where a person watches standard error.</summary>
internal sealed class ScoreProgress
{
    private readonly ProgressTask? _task;
    private long _rows;

    private ScoreProgress(ProgressTask? task) => _task = task;

    /// <summary>Runs an action with a bar, or without one when standard error goes into a file.</summary>
    /// <param name="totalBytes">The size of the file, or null when it is not known: then there is no time left either.</param>
    /// <param name="action">Reports to the progress that it gets.</param>
    public static async Task RunAsync(long? totalBytes, Func<ScoreProgress, Task> action)
    {
        if (Console.IsErrorRedirected)
        {
            await action(new ScoreProgress(null));
            return;
        }

        var rate = new RateColumn();
        ProgressColumn[] columns = totalBytes is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn(), rate, new ElapsedTimeColumn()]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn()];
        await CommandRunner.Console.Progress().AutoClear(true).Columns(columns).StartAsync(async context =>
        {
            var progress = new ScoreProgress(context.AddTask("scoring", maxValue: Math.Max(1, totalBytes ?? 1)));
            rate.Progress = progress;
            await action(progress);
        });
    }

    public void Report(RowBatch batch)
    {
        Interlocked.Add(ref _rows, batch.Scored + batch.Rejected);
        if (_task is not null)
        {
            _task.Value = batch.BytesRead;
        }
    }

    private sealed class RateColumn : ProgressColumn
    {
        public ScoreProgress? Progress { get; set; }

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var rate = Progress is { } progress && task.ElapsedTime is { TotalSeconds: > 0 } elapsed
                ? Interlocked.Read(ref progress._rows) / elapsed.TotalSeconds
                : 0;
            return new Text(string.Create(CultureInfo.InvariantCulture, $"{rate:N0} rows/s"));
        }
    }
}
