using System;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// Lets a web server's warnings through and nothing else: starting, stopping and a taken port are
/// said by whoever runs it, once and in our words.
/// </summary>
internal sealed class QuietLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    private const string Hosting = "Microsoft.Extensions.Hosting";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Hosting, StringComparison.Ordinal)
            ? NullLogger.Instance
            : new Quiet(loggers.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        // The factory behind it belongs to the program.
    }

    private sealed class Quiet(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= LogLevel.Warning && log.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
