using System;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>Something a person did to the lab, and what the clients noticed of it.</summary>
/// <param name="Until">When the next deed was done; null while there is none.</param>
/// <param name="Seen">What the clients noticed so far; null while there are none.</param>
internal readonly record struct LabDeed(
    string Sentence, Instant At, Instant? Until, DeedOutcome? Seen);

/// <summary>What the clients noticed of a deed.</summary>
/// <param name="Gap">The longest silence of the probes that began after it.</param>
/// <param name="IsSilent">The silence lasts.</param>
/// <param name="Failed">Failures among requests begun until the probes were answered again.</param>
/// <param name="Waiting">How many of those wait for long already, and may fail yet.</param>
/// <param name="IsFinal">All is known.</param>
internal readonly record struct DeedOutcome(
    TimeSpan Gap, bool IsSilent, int Failed, int Waiting, bool IsFinal);
