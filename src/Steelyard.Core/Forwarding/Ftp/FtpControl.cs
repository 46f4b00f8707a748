using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Ftp;

/// <summary>
/// Listens to control connections of FTP whose servers have other addresses than the client asked:
/// the data connections that they announce are expected, a server's own address becomes the virtual
/// one, and with full NAT a client's becomes the box's. RFC 959; RFC 2428.
/// </summary>
internal sealed class FtpControl(Engine engine)
{
    // A line that names an end is short; what is longer than any link's packet holds none.
    private const int LongestSegment = 9216;

    // Announced and not yet opened, of all clients together.
    private const int MostExpected = 4096;

    private readonly byte[] _text = new byte[FtpText.MaximumLength];

    /// <summary>Whether a connection is to be listened to.</summary>
    public static bool Concerns(in Connection connection) =>
        connection.VirtualPort == FtpPorts.Control
        && connection.Protocol == TransportProtocol.Tcp
        && connection.SeesServer;

    /// <summary>
    /// Reads a segment and rewrites what must be; nothing of its addresses has been translated.
    /// </summary>
    /// <param name="changed">The packet that goes on, in a frame of its own when it grew.</param>
    public DropReason Read(
        in Arrival arrival,
        in IpPacket packet,
        int handle,
        FlowDirection sender,
        out Arrival changed)
    {
        changed = arrival;
        if (!TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
        {
            return DropReason.MalformedTransport;
        }

        bool isFromServer = sender == FlowDirection.FromServer;
        uint sequence = segment.SequenceNumber;
        bool isUnfinished = arrival.IsUnfinished(packet.HeaderLength);
        if (engine.Connections.HasShifts(handle))
        {
            ref ShiftPair shifts = ref engine.Connections.Shifts(handle);
            SequenceRewrite.Move(
                segment,
                isFromServer ? shifts.FromServer : shifts.FromClient,
                isFromServer ? shifts.FromClient : shifts.FromServer,
                isUnfinished);
        }

        ReadOnlySpan<byte> payload = packet.Payload[segment.HeaderLength..];
        bool isWhole = arrival.Offload.Segmentation == SegmentationKind.None
            && packet.TotalLength <= LongestSegment;
        if (payload.IsEmpty
            || !isWhole
            || engine.Connections[handle].State != ConnectionState.Established)
        {
            return DropReason.None;
        }

        bool names = isFromServer
            ? FtpText.TryReadReply(payload, out FtpAddress named)
            : FtpText.TryReadCommand(payload, out named);
        if (!names)
        {
            return DropReason.None;
        }

        Endpoint shown = isFromServer
            ? OnReply(handle, named, arrival)
            : OnCommand(handle, named, arrival);
        return shown != named.End
            ? Rewrite(
                arrival, packet, segment, sequence, named, shown, handle, sender, out changed)
            : DropReason.None;
    }

    /// <summary>
    /// The client names where it listens: the server will connect from its data port, and it must
    /// look as if the virtual address did.
    /// </summary>
    /// <returns>What the server is to read: with full NAT an end of the box.</returns>
    private Endpoint OnCommand(int handle, in FtpAddress named, in Arrival arrival)
    {
        ref readonly Connection control = ref engine.Connections[handle];
        if (named.End.Address != control.Client.Address)
        {
            // To name another host's port would make the server attack it. RFC 2577 §3.
            return named.End;
        }

        int data = Expect(handle, named.End, FtpPorts.Data, FtpPorts.Data, arrival);
        return data >= 0 ? engine.Connections.PeerOfServer(data) : named.End;
    }

    /// <summary>
    /// The server names where it listens: the client must hear the virtual address.
    /// </summary>
    /// <returns>What the client is to read.</returns>
    private Endpoint OnReply(int handle, in FtpAddress named, in Arrival arrival)
    {
        ConnectionTable connections = engine.Connections;
        bool namesAddress = named.Message == FtpMessage.Passive;
        bool isOwn = named.End.Address == connections.Reach(handle).Address
            || named.End.Address == connections.ServerEndpoint(handle).Address;
        if (namesAddress && !isOwn)
        {
            return named.End;
        }

        ushort port = named.End.Port;
        Endpoint client = connections[handle].Client with { Port = 0 };
        _ = Expect(handle, client, port, port, arrival);
        return namesAddress ? connections[handle].Virtual with { Port = port } : named.End;
    }

    /// <returns>The data connection's handle; -1 when there is no room for it.</returns>
    private int Expect(
        int handle, in Endpoint client, ushort virtualPort, ushort serverPort, in Arrival arrival)
    {
        ConnectionTable connections = engine.Connections;
        ref readonly Connection control = ref connections[handle];
        FlowKey flow = new(
            TransportProtocol.Tcp, client, control.Virtual with { Port = virtualPort });
        int known = connections.Find(flow.Protocol, flow.Client, flow.Virtual, out _);
        if (known >= 0 || connections.Expectations.Count >= MostExpected)
        {
            return known;
        }

        Endpoint local = default;
        if (control.Method == ForwardingMethod.FullNat)
        {
            // The server lets in only whom it talks to already.
            Endpoint server = connections.Reach(handle) with { Port = serverPort };
            IpAddress own = connections.PeerOfServer(handle).Address;
            if (!PortLender.TryLend(engine, flow.Protocol, own, server, 0, out local))
            {
                return -1;
            }
        }

        // A full table leaves the data connection out; the control connection goes on.
        int expected = connections.Expectations.Add(
            new NewConnection
            {
                Flow = flow,
                Server = connections.Server(handle),
                Method = control.Method,
                ServerPort = serverPort,
                Local = local,
                Controller = handle,
                IsExpected = true,
            },
            arrival.Now);
        if (expected >= 0)
        {
            engine.Upkeep.Announce(expected, arrival.Now);
        }

        return expected;
    }

    private DropReason Rewrite(
        in Arrival arrival,
        in IpPacket packet,
        TcpSegment segment,
        uint sequence,
        FtpAddress named,
        Endpoint shown,
        int handle,
        FlowDirection sender,
        out Arrival changed)
    {
        changed = arrival;
        if (!engine.Connections.TryGiveShifts(handle))
        {
            return DropReason.None;
        }

        ref ShiftPair shifts = ref engine.Connections.Shifts(handle);
        ref SequenceShift shift = ref sender == FlowDirection.FromServer
            ? ref shifts.FromServer
            : ref shifts.FromClient;
        if (shift.IsForgotten(sequence))
        {
            return DropReason.NoConnection;
        }

        int textLength = FtpText.Write(_text, named.Message, shown);
        int headers = packet.HeaderLength + segment.HeaderLength;
        int before = packet.TotalLength - headers;
        Span<byte> frame = engine.Departures.Take(
            EthernetFrame.HeaderLength + packet.TotalLength + FtpText.MaximumLength);
        arrival.Frame[..(2 * MacAddress.Length)].CopyTo(frame);
        packet.Octets.CopyTo(frame[EthernetFrame.HeaderLength..]);
        if (arrival.IsUnfinished(packet.HeaderLength)
            && IpPacket.TryParse(frame[EthernetFrame.HeaderLength..], out IpPacket copy))
        {
            TransportChecksum.Complete(copy);
        }

        int after = SequenceRewrite.Replace(
            frame[(EthernetFrame.HeaderLength + headers)..],
            before,
            named.Start,
            named.Length,
            _text.AsSpan(0, textLength),
            out uint difference);
        shift.Resize(sequence, before, after - before);
        engine.Upkeep.Announce(handle, arrival.Now);
        Span<byte> whole = frame.Slice(EthernetFrame.HeaderLength, headers + after);
        IpPacket.WriteTotalLength(whole);
        if (TcpSegment.TryParse(whole[packet.HeaderLength..], out TcpSegment rewritten))
        {
            rewritten.Checksum = InternetChecksum.Update(rewritten.Checksum, difference);
        }

        changed = new(in Arrival.NoOffload)
        {
            Port = arrival.Port,
            Frame = frame,
            PacketOffset = EthernetFrame.HeaderLength,
            Now = arrival.Now,
        };
        return DropReason.None;
    }
}
