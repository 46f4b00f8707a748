using System;
using Microsoft.Extensions.Logging;

namespace Steelyard.Host.Loops;

/// <summary>What the loops say. Event ids are never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "{Sentence}")]
    public static partial void Happened(ILogger log, string sentence);

    [LoggerMessage(101, LogLevel.Warning, "{Sentence}")]
    public static partial void Warned(ILogger log, string sentence);

    [LoggerMessage(102, LogLevel.Error, "{Sentence}")]
    public static partial void Failed(ILogger log, string sentence);

    [LoggerMessage(110, LogLevel.Error, "interface {Name} cannot be served: {Sentence}")]
    public static partial void InterfaceRefused(ILogger log, string name, string sentence);

    [LoggerMessage(111, LogLevel.Error, "no sync channel on {Name}: {Sentence}")]
    public static partial void SyncRefused(ILogger log, string name, string sentence);

    [LoggerMessage(112, LogLevel.Error, "real servers on this box get nothing: {Sentence}")]
    public static partial void LocalRefused(ILogger log, string sentence);

    [LoggerMessage(120, LogLevel.Information, "steelyard {Version} runs as {Box} with {File}")]
    public static partial void Started(ILogger log, string version, string box, string file);

    [LoggerMessage(121, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(122, LogLevel.Information, "reloaded {File}: {Summary}")]
    public static partial void Reloaded(ILogger log, string file, string summary);

    [LoggerMessage(123, LogLevel.Error, "{File} was not loaded, nothing changed: {Faults}")]
    public static partial void ReloadRefused(ILogger log, string file, string faults);

    [LoggerMessage(124, LogLevel.Warning, "{Fault}")]
    public static partial void ConfigurationWarning(ILogger log, string fault);

    [LoggerMessage(125, LogLevel.Warning, "{Sentence}")]
    public static partial void RightMissing(ILogger log, string sentence);

    [LoggerMessage(126, LogLevel.Warning, "a sample is left out: {Reason}")]
    public static partial void SampleSkipped(ILogger log, string reason);

    [LoggerMessage(130, LogLevel.Critical, "the {Loop} loop broke; the twin takes over")]
    public static partial void LoopBroke(ILogger log, Exception mistake, string loop);
}
