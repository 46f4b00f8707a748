using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Packets of no connection: which service they are for, whether they may open a connection, and
/// who serves it. Also what of an old connection must not go on.
/// </summary>
internal sealed class Opening(Engine engine, ServerRouting routing)
{
    // Where IPv6's fixed header names what follows it. RFC 8200 §3.
    private const uint NextHeaderOffset = 6;

    private readonly Persistence _persistence = new(engine);
    private readonly Masquerading _masquerading = new(engine);

    /// <summary>
    /// A client's packet of a known connection: one that has ended, or whose server went away,
    /// gives its place to a new one if the settings say so; the handle is then -1.
    /// </summary>
    public DropReason Reconsider(in TransportHeader header, ref int handle)
    {
        ConnectionTable connections = engine.Connections;
        LvsSettings settings = engine.Settings;
        if (header.Begins && settings.ConnReuseMode != 0 && IsDone(handle))
        {
            connections.Remove(handle);
            handle = -1;
            return DropReason.None;
        }

        if (!connections.Server(handle).IsRemoved)
        {
            return DropReason.None;
        }

        if (!settings.ExpireNodestConn)
        {
            return DropReason.ServerRemoved;
        }

        connections.Remove(handle);
        handle = -1;
        return DropReason.None;
    }

    /// <summary>
    /// Makes a connection for a packet, or says why not. A packet that was carried on without one
    /// leaves a handle of -1 and no reason.
    /// </summary>
    public DropReason Open(
        in Arrival arrival,
        in IpPacket packet,
        in TransportHeader header,
        in Endpoint client,
        in Endpoint destination,
        out int handle,
        out FlowDirection direction)
    {
        handle = -1;
        direction = FlowDirection.FromClient;
        FlowKey flow = new(header.Protocol, client, destination);
        uint mark = MarkRule.MarkOf(
            engine.MarkRules.AsSpan(), flow, arrival.Port.Port.Name);
        VirtualService? service = engine.Services.Match(
            mark, header.Protocol, destination.Address, destination.Port);
        bool isHeld = engine.Held.Contains(destination.Address);
        if (!isHeld && (service is null || service.Key.Mark == 0))
        {
            if (routing.IsAnswer(arrival, packet, flow, out DropReason answered))
            {
                return answered;
            }

            return _masquerading.RuleOf(arrival, flow) is { } rule
                ? Masquerade(arrival, flow, header, rule, out handle, out direction)
                : routing.Route(arrival, packet, flow, header);
        }

        if (header.IsSyn && (handle = engine.Connections.Expectations.Find(flow)) >= 0)
        {
            return DropReason.None;
        }

        if (service is not null && MayOpen(header))
        {
            return Schedule(arrival, packet, service, flow, mark, out handle);
        }

        return Refuse(arrival, packet, header, service);
    }

    /// <summary>
    /// An ICMP error from a client about no connection is scheduled as that client's packet would
    /// be (<c>schedule_icmp</c>): behind direct routing the connection may be another box's.
    /// </summary>
    /// <returns>The connection's handle; -1 when there is none.</returns>
    public int OpenForError(in Arrival arrival, in IpPacket packet, in FlowKey flow)
    {
        uint mark = MarkRule.MarkOf(
            engine.MarkRules.AsSpan(), flow, arrival.Port.Port.Name);
        VirtualService? service = engine.Services.Match(
            mark, flow.Protocol, flow.Virtual.Address, flow.Virtual.Port);
        bool isOurs = service is not null
            && (service.Key.Mark != 0 || engine.Held.Contains(flow.Virtual.Address));
        return isOurs
            && Schedule(arrival, packet, service!, flow, mark, out int handle) == DropReason.None
                ? handle
                : -1;
    }

    private DropReason Masquerade(
        in Arrival arrival,
        in FlowKey flow,
        in TransportHeader header,
        MasqueradeRule rule,
        out int handle,
        out FlowDirection direction)
    {
        direction = FlowDirection.FromServer;
        return _masquerading.Open(arrival, flow, header, rule, out handle);
    }

    private bool MayOpen(in TransportHeader header)
    {
        // From here FTP servers answer; that is never scheduled.
        if (header.SourcePort == FtpPorts.Data)
        {
            return false;
        }

        return header.Protocol switch
        {
            TransportProtocol.Tcp when engine.Settings.SloppyTcp =>
                (header.Flags & TcpFlags.Reset) == 0,
            TransportProtocol.Tcp => header.IsSyn,
            TransportProtocol.Sctp => engine.Settings.SloppySctp || header.Begins,
            _ => true,
        };
    }

    /// <summary>
    /// A SYN on the ports of a connection that has ended, or whose server takes nobody any more.
    /// </summary>
    private bool IsDone(int handle)
    {
        ConnectionTable connections = engine.Connections;
        if (engine.Settings.ExpireNodestConn && connections.Server(handle).Weight == 0)
        {
            return true;
        }

        ref readonly Connection connection = ref connections[handle];
        bool isClosing = connection.State == ConnectionState.FinWait
            && !connection.SeesReplies
            && (engine.Settings.ConnReuseMode & 2) != 0;
        return (connection.IsReusable || isClosing) && !connections.IsControlled(handle);
    }

    /// <summary>A new connection to a service: the scheduler has its say.</summary>
    private DropReason Schedule(
        in Arrival arrival,
        in IpPacket packet,
        VirtualService service,
        in FlowKey flow,
        uint mark,
        out int handle)
    {
        handle = -1;
        if (engine.Held.Contains(flow.Client.Address))
        {
            return DropReason.MartianSource;
        }

        if (engine.Defence.DropsPacket())
        {
            return DropReason.Defended;
        }

        NewConnection wanted;
        if (service.Settings.Persistence is not null)
        {
            DropReason refusal = _persistence.Prepare(
                arrival, packet, service, flow, mark, out wanted);
            if (refusal != DropReason.None)
            {
                return refusal;
            }
        }
        else
        {
            RealServer? server = service.Schedule.Pick(service, flow, arrival.Now);
            if (server is null)
            {
                return engine.Answers.NoServer(arrival, packet);
            }

            wanted = new()
            {
                Flow = flow,
                Server = server,
                Method = server.Method,
                Mark = mark,
                IsOnePacket = service.Settings.IsLone(flow.Protocol),
            };
        }

        if (wanted.Method == ForwardingMethod.FullNat && !TryLendLocal(ref wanted))
        {
            return DropReason.PortsExhausted;
        }

        handle = engine.Connections.Create(service, wanted, arrival.Now);
        return handle < 0 ? engine.RefuseConnection() : DropReason.None;
    }

    /// <summary>Full NAT: one of the pool's addresses takes the client's place.</summary>
    private bool TryLendLocal(ref NewConnection wanted)
    {
        ushort asked = wanted.Flow.Virtual.Port;
        Endpoint server = wanted.Server.Endpoint;
        ushort own = wanted.ServerPort != 0 ? wanted.ServerPort : server.Port;
        server = server with { Port = own == 0 ? asked : own };
        uint start = engine.Connections.HashOf(
            wanted.Flow.Protocol, wanted.Flow.Client, wanted.Flow.Virtual);
        int count = engine.SourcePool.Length;
        for (int step = 0; step < count; step++)
        {
            ulong at = (start + (ulong)step) % (ulong)count;
            IpAddress address = engine.SourcePool[(int)at];
            if (address.IsIpv4 == server.Address.IsIpv4
                && PortLender.TryLend(
                    engine, wanted.Flow.Protocol, address, server, 0, out Endpoint local))
            {
                wanted.Local = local;
                return true;
            }
        }

        return false;
    }

    /// <summary>A packet that opens nothing: answered as a host would.</summary>
    private DropReason Refuse(
        in Arrival arrival,
        in IpPacket packet,
        in TransportHeader header,
        VirtualService? service)
    {
        if (arrival.Offload.Checksum == ChecksumState.Unchecked
            && !TransportChecksum.IsRight(packet))
        {
            return DropReason.BadTransportChecksum;
        }

        if (header.Protocol == TransportProtocol.Sctp)
        {
            // A host without SCTP; an ABORT is only for an association's own ends.
            engine.Answers.Refuse(
                arrival, packet, IcmpReason.ProtocolUnreachable(packet.IsIpv4, NextHeaderOffset));
            return service is null ? DropReason.NoService : DropReason.NoConnection;
        }

        if (header.Protocol == TransportProtocol.Udp)
        {
            engine.Answers.Refuse(arrival, packet, IcmpReason.PortUnreachable(packet.IsIpv4));
            return DropReason.NoService;
        }

        if (service is not null && arrival.Now < engine.SettlesUntil)
        {
            return DropReason.Unsettled;
        }

        if ((header.Flags & TcpFlags.Reset) == 0
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
        {
            engine.Answers.Reset(arrival, packet, segment);
        }

        return service is null ? DropReason.NoService : DropReason.NoConnection;
    }
}
