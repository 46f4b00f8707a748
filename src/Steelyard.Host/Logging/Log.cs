using System;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Steelyard.Host.Logging;

/// <summary>
/// What the log says. Event ids are never reused. One class, for the order of several in generated
/// code is chance, and two builds would differ.
/// </summary>
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

    [LoggerMessage(127, LogLevel.Error, "{What}: {Fault}")]
    public static partial void ShortOfDescriptors(ILogger log, string what, string fault);

    [LoggerMessage(130, LogLevel.Critical, "the {Loop} loop broke; the twin takes over")]
    public static partial void LoopBroke(ILogger log, Exception mistake, string loop);

    [LoggerMessage(5001, LogLevel.Information, "telemetry: publishing to {Broker}")]
    public static partial void PublishesTo(ILogger log, string broker);

    [LoggerMessage(
        5002,
        LogLevel.Warning,
        "telemetry: {Broker} is gone ({Reason}); trying again until it is back")]
    public static partial void BrokerGone(ILogger log, string broker, string reason);

    [LoggerMessage(
        5003,
        LogLevel.Warning,
        "telemetry: {Most} clients are connected; more are turned away")]
    public static partial void BrokerFull(ILogger log, int most);

    [LoggerMessage(
        5004,
        LogLevel.Warning,
        "telemetry: {Broker} refuses {Topic} ({Reason}); what it refuses is dropped")]
    public static partial void BrokerRefused(
        ILogger log, string broker, string topic, string reason);

    [LoggerMessage(
        5005,
        LogLevel.Warning,
        "telemetry: {Most} clients come from the address of {Remote}; more of its are turned away")]
    public static partial void BrokerAddressFull(ILogger log, int most, EndPoint? remote);

    [LoggerMessage(5006, LogLevel.Warning, "telemetry: {Broker}: {Fault}")]
    public static partial void BrokerFoughtFor(ILogger log, string broker, string fault);

    [LoggerMessage(5010, LogLevel.Information, "telemetry: MQTT clients may connect to {EndPoint}")]
    public static partial void BrokerListens(ILogger log, EndPoint endPoint);

    [LoggerMessage(
        5011,
        LogLevel.Error,
        "telemetry: no plain MQTT: {Fault} The box works on, and tries again.")]
    public static partial void BrokerPortTaken(ILogger log, string fault);

    [LoggerMessage(5012, LogLevel.Debug, "telemetry: client {EndPoint} ended: {Reason}")]
    public static partial void BrokerClientEnded(ILogger log, EndPoint? endPoint, string reason);

    [LoggerMessage(5020, LogLevel.Information, "dashboard: {Address}")]
    public static partial void DashboardServed(ILogger log, string address);

    [LoggerMessage(5021, LogLevel.Error, "dashboard: {Fault} The box works on, and tries again.")]
    public static partial void DashboardFault(ILogger log, string fault);

    [LoggerMessage(
        5022,
        LogLevel.Information,
        "dashboard: its certificate has the SHA-256 fingerprint {Fingerprint}")]
    public static partial void DashboardCertificate(ILogger log, string fingerprint);

    [LoggerMessage(
        5024,
        LogLevel.Warning,
        "dashboard: {Most} connections are open; more are turned away")]
    public static partial void DashboardFull(ILogger log, int most);

    [LoggerMessage(
        5025,
        LogLevel.Warning,
        "dashboard: {Most} connections come from {Remote}; more of its are turned away")]
    public static partial void DashboardAddressFull(
        ILogger log, int most, IPAddress? remote);

    [LoggerMessage(
        5023,
        LogLevel.Error,
        "dashboard: {Fault} It is served with the certificate of before.")]
    public static partial void DashboardKeeps(ILogger log, string fault);
}
