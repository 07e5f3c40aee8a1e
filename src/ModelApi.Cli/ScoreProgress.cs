using System.Globalization;
using ModelApi.Inference.Files;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ModelApi.Cli;

/// <summary>Shows the progress of scoring on a terminal.</summary>
internal sealed class ScoreProgress : IProgress<RowFileProgress>
{
    private readonly ProgressTask _task;
    private long _rows;

    private ScoreProgress(ProgressTask task) => _task = task;

    /// <summary>Runs an action with a progress bar, or without one if standard error is redirected.</summary>
    /// <param name="totalBytes">The size of the file. Null, for a pipe, shows no bar and no remaining time.</param>
    /// <param name="action">Reports to the progress that it gets.</param>
    public static async Task<T> RunAsync<T>(long? totalBytes, Func<IProgress<RowFileProgress>?, Task<T>> action)
    {
        if (Console.IsErrorRedirected)
        {
            return await action(null);
        }

        var rate = new RateColumn();
        ProgressColumn[] columns = totalBytes is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn(), rate, new ElapsedTimeColumn()]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn()];
        return await CommandRunner.Console.Progress().AutoClear(true).Columns(columns).StartAsync(async context =>
        {
            var progress = new ScoreProgress(context.AddTask("scoring", maxValue: Math.Max(1, totalBytes ?? 1)));
            rate.Progress = progress;
            return await action(progress);
        });
    }

    public void Report(RowFileProgress value)
    {
        Interlocked.Exchange(ref _rows, value.Rows);
        _task.Value = value.BytesRead;
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
