using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Ftp;

/// <summary>
/// Listens to control connections of FTP by address translation: the data connections that they
/// announce are expected, and a server's own address becomes the virtual one. RFC 959; RFC 2428.
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
        && connection.Method == ForwardingMethod.Nat;

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

        if (!isFromServer)
        {
            OnCommand(payload, handle, arrival);
            return DropReason.None;
        }

        return FtpText.TryReadReply(payload, out FtpAddress named)
            ? OnReply(arrival, packet, segment, sequence, named, handle, out changed)
            : DropReason.None;
    }

    /// <summary>
    /// The client names where it listens: the server will connect from its data port, and it must
    /// look as if the virtual address did.
    /// </summary>
    private void OnCommand(ReadOnlySpan<byte> payload, int handle, in Arrival arrival)
    {
        Connection control = engine.Connections[handle];
        if (!FtpText.TryReadCommand(payload, out FtpAddress named)
            || named.End.Address != control.Client.Address)
        {
            // To name another host's port would make the server attack it. RFC 2577 §3.
            return;
        }

        Expect(handle, named.End, FtpPorts.Data, FtpPorts.Data, arrival);
    }

    /// <summary>
    /// The server names where it listens: the client must hear the virtual address.
    /// </summary>
    private DropReason OnReply(
        in Arrival arrival,
        in IpPacket packet,
        TcpSegment segment,
        uint sequence,
        FtpAddress named,
        int handle,
        out Arrival changed)
    {
        changed = arrival;
        Connection control = engine.Connections[handle];
        IpAddress server = engine.Connections.ServerEndpoint(handle).Address;
        bool namesAddress = named.Message == FtpMessage.Passive;
        if (namesAddress && named.End.Address != server)
        {
            return DropReason.None;
        }

        ushort port = named.End.Port;
        Expect(handle, control.Client with { Port = 0 }, port, port, arrival);
        return namesAddress
            ? Rewrite(arrival, packet, segment, sequence, named, handle, out changed)
            : DropReason.None;
    }

    private void Expect(
        int handle, in Endpoint client, ushort virtualPort, ushort serverPort, in Arrival arrival)
    {
        ref readonly Connection control = ref engine.Connections[handle];
        FlowKey flow = new(
            TransportProtocol.Tcp, client, control.Virtual with { Port = virtualPort });
        bool isThere =
            engine.Connections.Find(flow.Protocol, flow.Client, flow.Virtual, out _) >= 0;
        if (isThere || engine.Connections.Expectations.Count >= MostExpected)
        {
            return;
        }

        // A full table leaves the data connection out; the control connection goes on.
        _ = engine.Connections.Expectations.Add(
            new NewConnection
            {
                Flow = flow,
                Server = engine.Connections.Server(handle),
                Method = ForwardingMethod.Nat,
                ServerPort = serverPort,
                Controller = handle,
                IsExpected = true,
            },
            arrival.Now);
    }

    private DropReason Rewrite(
        in Arrival arrival,
        in IpPacket packet,
        TcpSegment segment,
        uint sequence,
        FtpAddress named,
        int handle,
        out Arrival changed)
    {
        changed = arrival;
        if (!engine.Connections.TryGiveShifts(handle))
        {
            return DropReason.None;
        }

        ref SequenceShift shift = ref engine.Connections.Shifts(handle).FromServer;
        if (shift.IsForgotten(sequence))
        {
            return DropReason.NoConnection;
        }

        Endpoint shown = engine.Connections[handle].Virtual with { Port = named.End.Port };
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
        Span<byte> whole = frame.Slice(EthernetFrame.HeaderLength, headers + after);
        Ipv4Packet.WriteTotalLength(whole);
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
