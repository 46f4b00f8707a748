using System;
using System.Collections.Generic;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// The least that must stand between packets and the tables so that recordings can be replayed:
/// services, schedulers and connections are the real ones, packets are flags and a length.
/// </summary>
public sealed class Director(IReadOnlyList<MarkRule> marks)
{
    public ServiceTable Services { get; } = new(seed: 1);

    public ConnectionTable Connections { get; } = new(1024, seed: 2);

    public Instant Now { get; private set; } = new(1_000_000_007);

    public Dictionary<string, int> Sysctl { get; } = new()
    {
        ["net.ipv4.vs.conn_reuse_mode"] = 1,
        ["net.ipv4.vs.expire_nodest_conn"] = 0,
        ["net.ipv4.vs.sloppy_tcp"] = 0,
    };

    private bool ExpiresOrphans => Sysctl["net.ipv4.vs.expire_nodest_conn"] != 0;

    public void Wait(int milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        _ = Connections.Expire(Now, int.MaxValue);
    }

    /// <summary>With expire_nodest_conn, connections end with their server.</summary>
    public void OnServerRemoved()
    {
        if (!ExpiresOrphans)
        {
            return;
        }

        int end = Connections.HandleLimit;
        for (int handle = Connections.Next(0, end);
            handle < end;
            handle = Connections.Next(handle + 1, end))
        {
            if (Connections.Server(handle).IsRemoved)
            {
                Connections.Remove(handle);
            }
        }
    }

    /// <summary>A packet from a client.</summary>
    public Outcome OnClientPacket(in FlowKey flow, TcpFlags flags, int payloadLength)
    {
        if (Services.Count == 0)
        {
            return HostAnswers(flow, flags);
        }

        int handle = Connections.Find(flow.Protocol, flow.Client, flow.Virtual, out _);
        if (handle >= 0 && StartsAnew(handle, flow, flags))
        {
            Connections.Remove(handle);
            handle = -1;
        }

        if (handle < 0)
        {
            VirtualService? service = FindService(flow);
            if (service is null || !MaySchedule(flow.Protocol, flags))
            {
                return HostAnswers(flow, flags);
            }

            RealServer? server = service.Schedule.Pick(service, flow, Now);
            if (server is null)
            {
                return Outcome.Answered(Unreachable(flow));
            }

            handle = Connections.Create(service, server, flow, Now);
        }
        else if (Connections.Server(handle).IsRemoved)
        {
            return Outcome.Silence;
        }

        Follow(handle, FlowDirection.FromClient, flags);
        Count(handle, flow, payloadLength, isOut: false);
        return new(Connections.ServerEndpoint(handle), Connections[handle].Method, null);
    }

    /// <summary>
    /// A packet from a server to a client; returns the source that the client sees.
    /// </summary>
    public Endpoint OnServerPacket(in FlowKey reply, TcpFlags flags, int payloadLength)
    {
        int handle = Services.Count == 0
            ? -1
            : Connections.Find(
                reply.Protocol, reply.Client, reply.Virtual, out FlowDirection direction);
        if (handle < 0)
        {
            return reply.Client;
        }

        Follow(handle, FlowDirection.FromServer, flags);
        Count(handle, reply, payloadLength, isOut: true);
        return Connections[handle].Virtual;
    }

    private static string Unreachable(in FlowKey flow) =>
        flow.Client.Address.IsIpv4 ? "icmp 3/3" : "icmp6 1/4";

    private static Outcome HostAnswers(in FlowKey flow, TcpFlags flags)
    {
        if (flow.Protocol != TransportProtocol.Tcp)
        {
            return Outcome.Answered(Unreachable(flow));
        }

        if ((flags & TcpFlags.Reset) != 0)
        {
            return Outcome.Silence;
        }

        return Outcome.Answered((flags & TcpFlags.Acknowledgment) != 0 ? "tcp R" : "tcp RA");
    }

    private VirtualService? FindService(in FlowKey flow)
    {
        foreach (MarkRule rule in marks)
        {
            if (rule.Matches(flow)
                && Services.FindMark(rule.Mark, flow.Client.Address.IsIpv4) is { } marked)
            {
                return marked;
            }
        }

        return Services.Find(flow.Protocol, flow.Virtual.Address, flow.Virtual.Port);
    }

    private bool StartsAnew(int handle, in FlowKey flow, TcpFlags flags)
    {
        bool mayReuse = Sysctl["net.ipv4.vs.conn_reuse_mode"] != 0;
        bool isOrphan = ExpiresOrphans && Connections.Server(handle).Weight == 0;
        return flow.Protocol == TransportProtocol.Tcp
            && mayReuse
            && (flags & TcpFlags.Syn) != 0
            && (isOrphan || Connections[handle].IsReusable);
    }

    private bool MaySchedule(TransportProtocol protocol, TcpFlags flags) =>
        protocol != TransportProtocol.Tcp
        || ((flags & TcpFlags.Reset) == 0
            && ((flags & TcpFlags.Syn) != 0 || Sysctl["net.ipv4.vs.sloppy_tcp"] != 0));

    private void Follow(int handle, FlowDirection direction, TcpFlags flags)
    {
        if (Connections[handle].Protocol == TransportProtocol.Tcp)
        {
            Connections.OnTcp(handle, direction, flags, Now);
        }
        else
        {
            Connections.OnUdp(handle, direction, Now);
        }
    }

    /// <summary>
    /// Headers have no options: 20 or 40 bytes of IP, 20 of TCP or 8 of UDP. What a removed server
    /// still says is not counted.
    /// </summary>
    private void Count(int handle, in FlowKey flow, int payloadLength, bool isOut)
    {
        if (Connections.Server(handle).IsRemoved)
        {
            return;
        }

        int length = payloadLength
            + (flow.Client.Address.IsIpv4 ? 20 : 40)
            + (flow.Protocol == TransportProtocol.Tcp ? 20 : 8);
        TrafficCounters[] all =
            [Connections.Server(handle).Counters, Connections.Service(handle).Counters];
        foreach (TrafficCounters counters in all)
        {
            counters.InPackets += isOut ? 0 : 1;
            counters.InBytes += isOut ? 0 : length;
            counters.OutPackets += isOut ? 1 : 0;
            counters.OutBytes += isOut ? length : 0;
        }
    }
}
