using System;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Steelyard.Host.Logging;

/// <summary>
/// Logs go to standard error, one line an event: with systemd's severity prefix when the journal
/// listens, with the time of day for people otherwise.
/// </summary>
internal static class LogSetup
{
    public static ILoggerFactory Create(int verbosity) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(verbosity > 0 ? LogLevel.Debug : LogLevel.Information);
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null)
        {
            builder.AddSystemdConsole();
        }
        else
        {
            builder.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.TimestampFormat = "HH:mm:ss.fff ";
                simple.ColorBehavior = Console.IsErrorRedirected
                    ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Enabled;
            });
        }
    });
}
