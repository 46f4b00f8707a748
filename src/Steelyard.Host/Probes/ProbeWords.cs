using System;
using System.Globalization;
using System.Net.Sockets;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Probes;

/// <summary>How a failed probe is told to people.</summary>
internal static class ProbeWords
{
    public static string Refusal(Endpoint target, SocketException failure) =>
        failure.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => $"{target} refused the connection",
            SocketError.ConnectionReset => $"{target} reset the connection",
            SocketError.HostUnreachable => $"{target} is unreachable: no neighbour answers",
            SocketError.NetworkUnreachable => $"{target} is unreachable: no route leads there",
            SocketError.TimedOut => $"{target} did not answer",
            _ => $"{target}: {failure.Message}",
        };

    public static string Span(TimeSpan span) => span.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
