using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Sip;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// New connections of persistent services: the client's template names the server, and what has
/// none gets one.
/// </summary>
internal sealed class Persistence(Engine engine)
{
    /// <summary>Says what the new connection is made of, or why there is none.</summary>
    public DropReason Prepare(
        in Arrival arrival,
        in IpPacket packet,
        VirtualService service,
        in FlowKey flow,
        uint mark,
        out NewConnection wanted)
    {
        wanted = default;
        Templates templates = engine.Connections.Templates;
        FlowKey promise = PromiseOf(service, flow);
        ReadOnlySpan<byte> callId = CallIdOf(packet, service);
        int template = templates.Find(promise, callId);
        if (template < 0 && !callId.IsEmpty && !templates.HasRoomForCallId)
        {
            engine.Counters.CallIdsNotKept++;
            callId = default;
            template = templates.Find(promise, callId);
        }

        if (template >= 0 && !IsKept(template))
        {
            templates.Invalidate(template);
            template = -1;
        }

        if (template < 0)
        {
            RealServer? server = service.Schedule.Pick(service, flow, arrival.Now);
            if (server is null)
            {
                return engine.Answers.NoServer(arrival, packet);
            }

            template = templates.Create(
                server,
                promise,
                callId,
                mark,
                service.Settings.Persistence!.Timeout,
                arrival.Now);
            if (template < 0)
            {
                return engine.RefuseConnection();
            }

            engine.Upkeep.Announce(template, arrival.Now);
        }
        else
        {
            templates.Renew(template, arrival.Now);
        }

        RealServer kept = engine.Connections.Server(template);
        wanted = new()
        {
            Flow = flow,
            Server = kept,
            Method = kept.Method,
            Mark = mark,
            Controller = template,
            IsOnePacket = service.Settings.IsLone(flow.Protocol),

            // A promise for one port alone translates it; any other stays what it is.
            ServerPort = flow.Virtual.Port == service.Key.Port && service.Key.Mark == 0
                ? (ushort)0
                : flow.Virtual.Port,
        };
        return DropReason.None;
    }

    /// <summary>
    /// The dialogue that a datagram belongs to; empty when the service does not look for it, or
    /// there is none: then the client alone counts.
    /// </summary>
    private static ReadOnlySpan<byte> CallIdOf(in IpPacket packet, VirtualService service) =>
        service.Settings.IsBySip
        && packet.Protocol == IpProtocol.Udp
        && UdpDatagram.TryParse(packet.Payload, out UdpDatagram datagram)
        && CallId.TryFind(datagram.Octets[UdpDatagram.HeaderLength..], out ReadOnlySpan<byte> value)
            ? value
            : default;

    /// <summary>
    /// What the client was promised a server for: one port of the service; all ports, with FTP and
    /// with services of any port; all that carries the mark.
    /// </summary>
    public static FlowKey PromiseOf(VirtualService service, in FlowKey flow)
    {
        IpAddress client = service.Settings.Persistence!.Mask(flow.Client.Address);
        bool isOnePort =
            flow.Virtual.Port == service.Key.Port && service.Key.Port != FtpPorts.Control;
        if (service.Key.Mark == 0)
        {
            ushort port = isOnePort ? service.Key.Port : (ushort)0;
            return new(flow.Protocol, new(client, 0), new(flow.Virtual.Address, port));
        }

        return new(
            TransportProtocol.Unknown,
            new(client, 0),
            new(AddressOfMark(service.Key.Mark, client.IsIpv4), 0));
    }

    // The mark stands where the address would, as LVS lists it.
    private static IpAddress AddressOfMark(uint mark, bool isIpv4) =>
        isIpv4 ? IpAddress.FromIpv4(mark) : new((ulong)mark << 32, 0);

    private bool IsKept(int template)
    {
        RealServer server = engine.Connections.Server(template);
        return !server.IsRemoved
            && !server.IsStranger
            && (server.Weight > 0 || !engine.Settings.ExpireQuiescentTemplate);
    }
}
