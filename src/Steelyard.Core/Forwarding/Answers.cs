using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What the engine says itself, on behalf of the virtual addresses. An answer goes back to the
/// station that sent the frame, from the virtual station address: it needs no route and no ARP.
/// </summary>
internal sealed class Answers(Engine engine, EngineOptions options)
{
    /// <summary>A tenth of a second's at once. RFC 1812 §4.3.2.8.</summary>
    private readonly TokenBucket _budget = new(
        TimeSpan.FromSeconds(1) / Math.Max(options.AnswersPerSecond, 1),
        Math.Max(options.AnswersPerSecond / 10, 1));
    private ushort _identification;

    /// <summary>Turns an echo request into its reply and sends it.</summary>
    public DropReason Echo(in Arrival arrival, in IpPacket packet, in IcmpMessage message)
    {
        if (!_budget.TrySpend(arrival.Now))
        {
            return DropReason.AnswersExhausted;
        }

        EchoReply.TurnRound(packet, message, NextIdentification());
        if (packet.TotalLength > arrival.Port.MaximumTransmissionUnit)
        {
            return EchoInFragments(arrival, packet);
        }

        arrival.Port.Port.Transmit(EchoReply.Address(arrival, packet), default);
        arrival.Port.Counters.Answered++;
        return DropReason.None;
    }

    /// <summary>The request came in fragments, and so does the reply.</summary>
    private DropReason EchoInFragments(in Arrival arrival, in IpPacket packet)
    {
        int plain = packet.IsIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength;
        if (packet.HeaderLength != plain
            || engine.Departures.TryRoute(packet.Destination, out int hop) != DropReason.None)
        {
            return DropReason.PacketTooBig;
        }

        arrival.Port.Counters.Cut++;
        Fragments.Send(
            engine.Departures,
            arrival.Port.Counters,
            hop,
            EchoReply.Address(arrival, packet),
            engine.Departures.PortOf(hop).MaximumTransmissionUnit,
            arrival.Now);
        return DropReason.None;
    }

    /// <summary>Sends an ICMP error about a packet to the end that sent it.</summary>
    /// <param name="source">The address that says so.</param>
    /// <returns>Octets of the error; 0 when there is none.</returns>
    public int Error(
        in Arrival arrival,
        in IpPacket about,
        IpAddress source,
        in IcmpReason reason)
    {
        // Without an address of the packet's family there is nobody to say it.
        bool hasVoice = !source.IsNone && source.IsIpv4 == about.IsIpv4;
        if (!hasVoice || !MayAnswer(arrival))
        {
            return 0;
        }

        Span<byte> frame = MakeError(about.Octets, source, about.Source, reason);
        SendBack(arrival, about, frame);
        return frame.Length - EthernetFrame.HeaderLength;
    }

    /// <summary>Tells a client of an error that was met further on.</summary>
    /// <param name="about">Its packet, as far as it is known.</param>
    /// <param name="source">The virtual address that it was sent to.</param>
    public DropReason Tell(
        in Arrival arrival,
        ReadOnlySpan<byte> about,
        IpAddress source,
        IpAddress client,
        in IcmpReason reason)
    {
        DropReason refusal = engine.Departures.TryRoute(client, out int hop);
        if (refusal != DropReason.None)
        {
            return refusal;
        }

        if (!MayAnswer(arrival))
        {
            return DropReason.AnswersExhausted;
        }

        return engine.Departures.Send(
            arrival.Port.Counters,
            hop,
            MakeError(about, source, client, reason),
            default,
            isMade: false,
            arrival.Now);
    }

    /// <summary>Refuses a client's packet.</summary>
    public void Refuse(in Arrival arrival, in IpPacket packet, in IcmpReason reason)
    {
        // No error is ever answered by an error. RFC 1122 §3.2.2.
        if (packet.Protocol is not (IpProtocol.Icmp or IpProtocol.Icmpv6))
        {
            _ = Error(arrival, packet, SourceTowardsClient(arrival, packet), reason);
        }
    }

    /// <summary>Nobody serves: the client is told, as by a port where nobody listens.</summary>
    public DropReason NoServer(in Arrival arrival, in IpPacket packet)
    {
        Refuse(arrival, packet, IcmpReason.PortUnreachable(packet.IsIpv4));
        return DropReason.NoDestination;
    }

    /// <summary>
    /// Who a client hears an error from: whom it asked; with IPv6 the interface's own address, as
    /// with LVS, if it has one.
    /// </summary>
    public IpAddress SourceTowardsClient(in Arrival arrival, in IpPacket packet)
    {
        IpAddress own = packet.IsIpv4 ? default : arrival.Port.OwnAddressFor(packet.Source);
        return own.IsNone ? packet.Destination : own;
    }

    /// <summary>Resets a connection that does not exist.</summary>
    public void Reset(in Arrival arrival, in IpPacket about, TcpSegment segment)
    {
        if (!MayAnswer(arrival))
        {
            return;
        }

        Span<byte> frame =
            engine.Departures.Take(EthernetFrame.HeaderLength + TcpReset.Length(about));
        TcpReset.Write(frame[EthernetFrame.HeaderLength..], about, segment);
        SendBack(arrival, about, frame);
    }

    private Span<byte> MakeError(
        ReadOnlySpan<byte> about,
        IpAddress source,
        IpAddress destination,
        in IcmpReason reason)
    {
        Span<byte> frame = engine.Departures.Take(
            EthernetFrame.HeaderLength + IcmpError.Length(about.Length, source.IsIpv4));
        IcmpError.Write(
            frame[EthernetFrame.HeaderLength..],
            about,
            source,
            destination,
            NextIdentification(),
            reason);
        return frame;
    }

    private bool MayAnswer(in Arrival arrival)
    {
        bool may = _budget.TrySpend(arrival.Now);
        engine.Counters.AnswersWithheld += may ? 0 : 1;
        return may;
    }

    private ushort NextIdentification()
    {
        _identification = unchecked((ushort)(_identification + 1));
        return _identification;
    }

    private static void SendBack(in Arrival arrival, in IpPacket about, Span<byte> frame)
    {
        EthernetFrame.Write(
            frame,
            arrival.Sender,
            arrival.Station,
            about.IsIpv4 ? EtherType.Ipv4 : EtherType.Ipv6);
        arrival.Port.Port.Transmit(frame, default);
        arrival.Port.Counters.Made++;
    }
}
