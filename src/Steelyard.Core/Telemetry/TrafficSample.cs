namespace Steelyard.Core.Telemetry;

/// <summary>Running totals of one thing at one moment; they grow until they start anew.</summary>
/// <param name="InBytes">Bytes from clients, or received by a port.</param>
/// <param name="OutBytes">Bytes to clients, or sent by a port.</param>
public readonly record struct TrafficSample(
    long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes);
