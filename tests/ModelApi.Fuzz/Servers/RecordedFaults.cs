using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ModelApi.Fuzz.Servers;

/// <summary>Keeps the events that no client should be able to cause: errors, and exceptions at any level.</summary>
internal sealed class RecordedFaults : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _events = new();

    public void ThrowIfAny()
    {
        if (_events.TryDequeue(out var first))
        {
            _events.Clear();
            Assert.Fail($"The server logged: {first}");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, _events);

    public void Dispose()
    {
        // There is nothing to free.
    }

    private sealed class Recorder(string category, ConcurrentQueue<string> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error || (logLevel >= LogLevel.Information && exception is not null))
            {
                events.Enqueue($"{logLevel}: {category}[{eventId.Id}] {formatter(state, exception)} {exception}");
            }
        }
    }
}
