using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// The twin's connections. One whose service is not known here is kept as the twin had it; news of
/// it finds its server when there is one.
/// </summary>
/// <remarks>
/// Skipped and counted are connections to a server that its service does not have here, for it may
/// be down; those of unknown services to a process of the twin's, or to ourselves; and those by
/// full NAT under an address that is not in our pool. So are those to an address that this box
/// holds: of what a MASTER serves it knows more than anybody.
/// </remarks>
/// <param name="records">What the twin said.</param>
/// <param name="includesHeld">
/// Those to addresses held here too: the office of MASTER changes hands just now, and the twin
/// still tells of what we have already; or there are no MASTERs, and a person asked for it.
/// </param>
public sealed class LearnConnections(ConnectionRecord[] records, bool includesHeld = false)
    : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        // Templates first: a kernel tells of a connection before the template that made it.
        Learn(engine, isTemplate: true, now);
        Learn(engine, isTemplate: false, now);
    }

    private void Learn(Engine engine, bool isTemplate, Instant now)
    {
        foreach (ref readonly ConnectionRecord record in records.AsSpan())
        {
            if (record.IsTemplate != isTemplate)
            {
                continue;
            }

            VirtualService? service = engine.Services.Match(
                record.Mark, record.Protocol, record.Virtual.Address, record.Virtual.Port);
            RealServer? server = service is null
                ? FindServer(FtpServiceOf(engine, record), record.Server)
                    ?? StrangerOf(engine, record)
                : FindServer(service, record.Server);
            bool isOurs = !includesHeld && engine.Held.Contains(record.Virtual.Address);
            if (isOurs || server is null || !IsOfOurPool(engine, record))
            {
                engine.Counters.ConnectionsSkipped++;
            }
            else if (engine.Connections.Learn(
                record,
                server,
                now,
                TemplateOf(engine, service, record),
                service?.Settings.Persistence?.Timeout) >= 0)
            {
                engine.Counters.ConnectionsLearned++;
            }
        }
    }

    /// <summary>A data connection of FTP belongs to its control connection's service.</summary>
    private static VirtualService? FtpServiceOf(Engine engine, in ConnectionRecord record) =>
        record.Protocol == TransportProtocol.Tcp
            ? engine.Services.Find(
                TransportProtocol.Tcp, record.Virtual.Address, FtpPorts.Control)
            : null;

    private static RealServer? StrangerOf(Engine engine, in ConnectionRecord record)
    {
        IpAddress address = record.Server.Address;
        return record.Method == ForwardingMethod.Local
            || address.IsMulticast
            || engine.Held.Contains(address)
                ? null
                : (engine.MasqueradeHosts ?? engine.Strangers).Find(address);
    }

    private static bool IsOfOurPool(Engine engine, in ConnectionRecord record) =>
        record.Local.Address.IsNone || engine.SourcePool.Contains(record.Local.Address);

    /// <summary>The template that made a connection; -1 when none is known.</summary>
    private static int TemplateOf(
        Engine engine, VirtualService? service, in ConnectionRecord record)
    {
        if (service?.Settings.Persistence is null || record.IsTemplate)
        {
            return -1;
        }

        FlowKey flow = new(record.Protocol, record.Client, record.Virtual);
        Span<byte> callId = stackalloc byte[CallIdText.MaximumLength];
        return engine.Connections.Templates.Find(
            Persistence.PromiseOf(service, flow), callId[..record.CallId.CopyTo(callId)]);
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
