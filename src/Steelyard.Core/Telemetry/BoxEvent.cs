namespace Steelyard.Core.Telemetry;

public enum EventSeverity : byte
{
    Unknown = 0,
    Information,
    Warning,
    Error,
}

/// <summary>
/// Something that happened, for the log, the event topic and the dashboard's list.
/// </summary>
/// <param name="Severity">How much a person should care.</param>
/// <param name="Kind">
/// A stable word for machines: <c>role</c>, <c>health</c>, <c>link</c>, …
/// </param>
/// <param name="Subject">
/// What it is about: a router's name, a service, a server, an interface.
/// </param>
/// <param name="Sentence">What happened, and why, for people.</param>
public sealed record BoxEvent(EventSeverity Severity, string Kind, string Subject, string Sentence);
