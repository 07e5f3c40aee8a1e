using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ModelApi.Tests.Telemetry;

/// <summary>Collects what a formatter of the console writes.</summary>
internal sealed class FormattingLogger(ConsoleFormatter formatter, string category, IExternalScopeProvider? scopes = null) : ILogger
{
    private readonly StringWriter _text = new();

    public string Text => _text.ToString();

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> toText) =>
        formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, toText), scopes, _text);

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}

internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue => value;

    public T Get(string? name) => value;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}

internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
