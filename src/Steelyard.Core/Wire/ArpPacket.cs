using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

public enum ArpOperation : ushort
{
    Unknown = 0,
    Request = 1,
    Reply = 2,
}

/// <summary>An ARP packet for IPv4 over Ethernet. RFC 826; announcements: RFC 5227 §3.</summary>
public readonly record struct ArpPacket(
    ArpOperation Operation,
    MacAddress SenderHardware,
    IpAddress SenderAddress,
    MacAddress TargetHardware,
    IpAddress TargetAddress)
{
    /// <summary>Octets of a whole frame, without padding.</summary>
    public const int FrameLength = EthernetFrame.HeaderLength + Length;

    private const int Length = 28;
    private const int HardwareTypeOffset = 0;
    private const int ProtocolTypeOffset = 2;
    private const int HardwareLengthOffset = 4;
    private const int ProtocolLengthOffset = 5;
    private const int OperationOffset = 6;
    private const int SenderHardwareOffset = 8;
    private const int SenderAddressOffset = 14;
    private const int TargetHardwareOffset = 18;
    private const int TargetAddressOffset = 24;
    private const ushort EthernetHardware = 1;

    /// <summary>The sender speaks of itself: everyone may learn, nobody answers.</summary>
    public bool IsGratuitous => SenderAddress == TargetAddress;

    /// <summary>Asks who has an address.</summary>
    public static ArpPacket Request(MacAddress sender, IpAddress senderAddress, IpAddress target) =>
        new(ArpOperation.Request, sender, senderAddress, default, target);

    /// <summary>
    /// Tells everyone where an address is now. RFC 5227 §3 says request, and so does RFC 9568.
    /// </summary>
    public static ArpPacket Announcement(MacAddress owner, IpAddress address) =>
        new(ArpOperation.Request, owner, address, default, address);

    /// <summary>The answer to this request.</summary>
    public ArpPacket ReplyFrom(MacAddress owner) =>
        new(ArpOperation.Reply, owner, TargetAddress, SenderHardware, SenderAddress);

    /// <summary>Parses a whole frame, with or without a tag.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out ArpPacket packet)
    {
        packet = default;
        if (frame.Length < EthernetFrame.HeaderLength)
        {
            return false;
        }

        int start = EthernetFrame.HeaderLength;
        EtherType type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[(start - 2)..]);
        if (type == EtherType.Vlan && frame.Length >= start + EthernetFrame.VlanTagLength)
        {
            start += EthernetFrame.VlanTagLength;
            type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[(start - 2)..]);
        }

        ReadOnlySpan<byte> body = frame[start..];
        if (type != EtherType.Arp
            || body.Length < Length
            || BinaryPrimitives.ReadUInt16BigEndian(body[HardwareTypeOffset..]) != EthernetHardware
            || BinaryPrimitives.ReadUInt16BigEndian(body[ProtocolTypeOffset..])
                != (ushort)EtherType.Ipv4
            || body[HardwareLengthOffset] != MacAddress.Length
            || body[ProtocolLengthOffset] != IpAddress.Ipv4Length)
        {
            return false;
        }

        packet = new(
            (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(body[OperationOffset..]),
            MacAddress.Read(body[SenderHardwareOffset..]),
            IpAddress.ReadIpv4(body[SenderAddressOffset..]),
            MacAddress.Read(body[TargetHardwareOffset..]),
            IpAddress.ReadIpv4(body[TargetAddressOffset..]));
        return packet.Operation is ArpOperation.Request or ArpOperation.Reply;
    }

    /// <summary>Writes a whole untagged frame and returns its length.</summary>
    /// <param name="frame">At least <see cref="FrameLength"/> octets.</param>
    /// <param name="destination">Whom the frame is for.</param>
    /// <param name="source">The station that sends it.</param>
    public int Write(Span<byte> frame, MacAddress destination, MacAddress source)
    {
        EthernetFrame.Write(frame, destination, source, EtherType.Arp);
        Span<byte> body = frame[EthernetFrame.HeaderLength..];
        BinaryPrimitives.WriteUInt16BigEndian(body[HardwareTypeOffset..], EthernetHardware);
        BinaryPrimitives.WriteUInt16BigEndian(body[ProtocolTypeOffset..], (ushort)EtherType.Ipv4);
        body[HardwareLengthOffset] = MacAddress.Length;
        body[ProtocolLengthOffset] = IpAddress.Ipv4Length;
        BinaryPrimitives.WriteUInt16BigEndian(body[OperationOffset..], (ushort)Operation);
        SenderHardware.Write(body[SenderHardwareOffset..]);
        _ = SenderAddress.Write(body[SenderAddressOffset..]);
        TargetHardware.Write(body[TargetHardwareOffset..]);
        _ = TargetAddress.Write(body[TargetAddressOffset..]);
        return FrameLength;
    }
}
