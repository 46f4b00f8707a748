using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>
/// Builds whole packets and frames by hand, in buffers filled with 0xa5 beforehand, so that an
/// octet that nobody wrote is seen. Checksums come from <see cref="SlowChecksum"/>.
/// </summary>
internal sealed class PacketBuilder
{
    public const byte Fill = 0xA5;

    private byte _protocol;
    private Endpoint _source;
    private Endpoint _destination;
    private byte[] _payload = [];
    private byte[] _options = [];
    private byte[]? _body;
    private byte _flags = 0x02;
    private byte _timeToLive = 64;
    private byte _typeOfService;
    private readonly ushort _identification = 1;
    private ushort _fragmentWord = 0x4000;
    private uint _sequence = 1000;
    private uint _acknowledgment;
    private bool _sumsUdp = true;

    public static PacketBuilder Tcp(string source, string destination) =>
        Of(6, source, destination);

    public static PacketBuilder Udp(string source, string destination) =>
        Of(17, source, destination);

    /// <summary>An ICMP message; a checksum of the whole body is put in.</summary>
    public static PacketBuilder Icmp(
        string source, string destination, byte type, byte code, uint rest, byte[] data)
    {
        byte[] body = new byte[8 + data.Length];
        Array.Fill(body, Fill);
        body[0] = type;
        body[1] = code;
        body[2] = 0;
        body[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), rest);
        data.CopyTo(body, 8);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), SlowChecksum.Of(body));
        return Other(1, source, destination, body);
    }

    public static PacketBuilder EchoRequest(string source, string destination) =>
        Icmp(source, destination, 8, 0, 0x0001_0001, "ping"u8.ToArray());

    public static PacketBuilder Other(
        byte protocol, string source, string destination, byte[] body)
    {
        PacketBuilder builder = Of(protocol, source + ":0", destination + ":0");
        builder._body = body;
        return builder;
    }

    public PacketBuilder Flags(TcpFlags flags)
    {
        _flags = (byte)flags;
        return this;
    }

    public PacketBuilder Sequence(uint sequence, uint acknowledgment = 0)
    {
        _sequence = sequence;
        _acknowledgment = acknowledgment;
        return this;
    }

    public PacketBuilder Payload(int length)
    {
        _payload = new byte[length];
        for (int index = 0; index < length; index++)
        {
            _payload[index] = (byte)('a' + (index % 26));
        }

        return this;
    }

    public PacketBuilder Payload(ReadOnlySpan<byte> octets)
    {
        _payload = octets.ToArray();
        return this;
    }

    public PacketBuilder TimeToLive(byte timeToLive)
    {
        _timeToLive = timeToLive;
        return this;
    }

    public PacketBuilder TypeOfService(byte value)
    {
        _typeOfService = value;
        return this;
    }

    public PacketBuilder MayBeCut()
    {
        _fragmentWord = 0;
        return this;
    }

    public PacketBuilder FragmentWord(ushort word)
    {
        _fragmentWord = word;
        return this;
    }

    public PacketBuilder IpOptions(params byte[] options)
    {
        _options = options;
        return this;
    }

    public PacketBuilder WithoutUdpChecksum()
    {
        _sumsUdp = false;
        return this;
    }

    /// <summary>The IP packet.</summary>
    public byte[] Build()
    {
        byte[] body = _body ?? (_protocol == 6 ? TcpBody() : UdpBody());
        int headerLength = 20 + _options.Length;
        byte[] packet = new byte[headerLength + body.Length];
        Array.Fill(packet, Fill);
        packet[0] = (byte)(0x40 | (headerLength / 4));
        packet[1] = _typeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), _identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), _fragmentWord);
        packet[8] = _timeToLive;
        packet[9] = _protocol;
        packet[10] = 0;
        packet[11] = 0;
        _source.Address.Write(packet.AsSpan(12));
        _destination.Address.Write(packet.AsSpan(16));
        _options.CopyTo(packet, 20);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10), SlowChecksum.Of(packet.AsSpan(0, headerLength)));
        body.CopyTo(packet, headerLength);
        int field = _body is not null ? -1 : _protocol == 6 ? 16 : _sumsUdp ? 6 : -1;
        if (field >= 0)
        {
            ushort sum = SlowChecksum.OfTransport(packet);
            sum = _protocol == 17 && sum == 0 ? (ushort)0xFFFF : sum;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(headerLength + field), sum);
        }

        return packet;
    }

    /// <summary>The packet in an Ethernet frame.</summary>
    public byte[] Frame(MacAddress destination, MacAddress source) =>
        InFrame(Build(), destination, source);

    /// <summary>Any payload in an untagged Ethernet frame.</summary>
    public static byte[] InFrame(
        ReadOnlySpan<byte> payload,
        MacAddress destination,
        MacAddress source,
        ushort type = 0x0800)
    {
        byte[] frame = new byte[14 + payload.Length];
        Array.Fill(frame, Fill);
        destination.Write(frame);
        source.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    private static PacketBuilder Of(byte protocol, string source, string destination)
    {
        Assert.True(Endpoint.TryParse(source, out Endpoint from), source);
        Assert.True(Endpoint.TryParse(destination, out Endpoint to), destination);
        return new() { _protocol = protocol, _source = from, _destination = to };
    }

    private byte[] TcpBody()
    {
        byte[] body = new byte[20 + _payload.Length];
        Array.Fill(body, Fill);
        BinaryPrimitives.WriteUInt16BigEndian(body, _source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), _destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), _acknowledgment);
        body[12] = 0x50;
        body[13] = _flags;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(14), 64240);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(16), 0);
        _payload.CopyTo(body, 20);
        return body;
    }

    private byte[] UdpBody()
    {
        byte[] body = new byte[8 + _payload.Length];
        Array.Fill(body, Fill);
        BinaryPrimitives.WriteUInt16BigEndian(body, _source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), _destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)body.Length);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), 0);
        _payload.CopyTo(body, 8);
        return body;
    }
}
