using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Sets how long quiet connections stay; null or zero leaves a value as it is.</summary>
public sealed class SetTimeouts(TimeSpan? tcp, TimeSpan? tcpFin, TimeSpan? udp) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        Timeouts timeouts = engine.Connections.Timeouts;
        timeouts.Tcp = OrElse(tcp, timeouts.Tcp);
        timeouts.TcpFin = OrElse(tcpFin, timeouts.TcpFin);
        timeouts.Udp = OrElse(udp, timeouts.Udp);
    }

    private static TimeSpan OrElse(TimeSpan? wished, TimeSpan present) =>
        wished > TimeSpan.Zero ? wished.Value : present;
}
