using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// The twin's connections. One whose service or server is not known here is skipped and counted.
/// </summary>
public sealed class LearnConnections(ConnectionRecord[] records) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        foreach (ref readonly ConnectionRecord record in records.AsSpan())
        {
            RealServer? server = FindServer(ServiceOf(engine, record), record.Server);
            if (server is null)
            {
                engine.Counters.ConnectionsSkipped++;
            }
            else if (engine.Connections.Learn(record, server, now) >= 0)
            {
                engine.Counters.ConnectionsLearned++;
            }
        }
    }

    /// <summary>
    /// As a packet finds it; a data connection of FTP belongs to its control connection's.
    /// </summary>
    private static VirtualService? ServiceOf(Engine engine, in ConnectionRecord record)
    {
        IpAddress address = record.Virtual.Address;
        VirtualService? service = engine.Services.Match(
            record.Mark, record.Protocol, address, record.Virtual.Port);
        return service is null && record.Protocol == TransportProtocol.Tcp
            ? engine.Services.Find(TransportProtocol.Tcp, address, FtpPorts.Control)
            : service;
    }

    /// <summary>
    /// The server itself; else one of its address, where the port is the client's choice.
    /// </summary>
    private static RealServer? FindServer(VirtualService? service, in Endpoint endpoint)
    {
        if (service?.FindServer(endpoint) is { } exact)
        {
            return exact;
        }

        if (service is null || service.Key is { Mark: 0, Port: not (0 or FtpPorts.Control) })
        {
            return null;
        }

        foreach (RealServer server in service.Servers)
        {
            if (server.Endpoint.Address == endpoint.Address)
            {
                return server;
            }
        }

        return null;
    }
}
