using System;
using System.Buffers.Binary;
using System.Text;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>
/// FTP with full NAT, where the server talks to the box alone, and with a process of the box, which
/// is reached by another address than its clients asked. RFC 959 §3.2; RFC 2428.
/// </summary>
public sealed class FtpMethodTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Virtual = "10.9.0.1:21";
    private const string Pool = "10.1.0.254";
    private const string StandIn = "169.254.84.16";
    private const int LinkIndex = 85;

    private static readonly MacAddress KernelMac = new(0x0200_0000_0084);
    private static readonly MacAddress EngineMac = MacAddress.VirtualRouterIpv4(84);

    [Fact]
    public void With_full_NAT_the_server_reads_an_end_of_the_box_and_reaches_the_client_by_it()
    {
        Talk talk = FullNat();

        byte[] command = talk.FromClient(1001, 1, "PORT 10,0,0,1,200,11\r\n");
        string told = NumbersOf(TextOf(command));
        byte[] opened = Assert.Single(talk.Box.FromServer(
            PacketBuilder.Tcp("10.1.0.11:20", told))).Packet;
        byte[] answered = Assert.Single(talk.Box.FromClient(
            PacketBuilder.Tcp("10.0.0.1:51211", "10.9.0.1:20")
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment))).Packet;

        Assert.StartsWith($"{Pool}:", told, StringComparison.Ordinal);
        AssertEnds(opened, "10.9.0.1:20", "10.0.0.1:51211");
        AssertEnds(answered, told, "10.1.0.11:20");
    }

    /// <summary>The text grew or shrank: what follows moves, and so does what is acknowledged.
    /// </summary>
    [Fact]
    public void What_follows_a_changed_command_is_moved_and_its_acknowledgment_back()
    {
        Talk talk = FullNat();
        const string command = "PORT 10,0,0,1,200,11\r\n";
        byte[] changed = talk.FromClient(1001, 1, command);
        int grown = TextOf(changed).Length - command.Length;
        uint end = 1001 + (uint)command.Length;

        byte[] again = talk.FromClient(1001, 1, command);
        byte[] acknowledged = talk.FromServer(1, end + (uint)grown, "200 OK\r\n");
        byte[] next = talk.FromClient(end, 9, "LIST\r\n");

        Assert.NotEqual(0, grown);
        Assert.Equal(TextOf(changed), TextOf(again));
        Assert.Equal(1001u, FtpWire.Sequence(again));
        Assert.Equal(end, FtpWire.Acknowledgment(acknowledged));
        Assert.Equal(end + (uint)grown, FtpWire.Sequence(next));
    }

    [Fact]
    public void With_full_NAT_the_clients_data_connection_comes_from_the_box_too()
    {
        Talk talk = FullNat();

        byte[] reply = talk.FromServer(1, 1001, "227 Passive (10,1,0,11,200,10).\r\n");
        byte[] opened = Assert.Single(talk.Box.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210"))).Packet;
        byte[] answered = Assert.Single(talk.Box.FromServer(
            PacketBuilder.Tcp("10.1.0.11:51210", SourceOf(opened))
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment))).Packet;

        Assert.Contains("(10,9,0,1,200,10)", TextOf(reply), StringComparison.Ordinal);
        Assert.StartsWith($"{Pool}:", SourceOf(opened), StringComparison.Ordinal);
        Assert.Equal("10.1.0.11:51210", DestinationOf(opened));
        AssertEnds(answered, "10.9.0.1:51210", "10.0.0.1:40002");
    }

    [Fact]
    public void With_full_NAT_the_extended_commands_work_too()
    {
        Talk talk = FullNat();

        byte[] command = talk.FromClient(1001, 1, "EPRT |1|10.0.0.1|51211|\r\n");
        string[] parts = TextOf(command).Split('|');
        byte[] opened = Assert.Single(talk.Box.FromServer(
            PacketBuilder.Tcp("10.1.0.11:20", $"{parts[2]}:{parts[3]}"))).Packet;
        byte[] reply = talk.FromServer(1, 1001, "229 Extended (|||51210|)\r\n");
        byte[] passive = Assert.Single(talk.Box.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210"))).Packet;

        Assert.Equal(Pool, parts[2]);
        AssertEnds(opened, "10.9.0.1:20", "10.0.0.1:51211");
        Assert.Equal("229 Extended (|||51210|)\r\n", TextOf(reply));
        Assert.Equal("10.1.0.11:51210", DestinationOf(passive));
    }

    /// <summary>RFC 2577 §3: a bounce attack stays the client's own affair.</summary>
    [Fact]
    public void A_command_that_names_another_host_goes_on_as_it_is()
    {
        Talk talk = FullNat();

        byte[] command = talk.FromClient(1001, 1, "PORT 10,0,0,2,0,22\r\n");

        Assert.Equal("PORT 10,0,0,2,0,22\r\n", TextOf(command));
        Assert.Equal(1, talk.Box.Engine.Connections.Count);
    }

    [Fact]
    public void A_process_of_the_box_is_seen_at_the_virtual_address_and_its_data_connection_opens()
    {
        Talk talk = Local();

        byte[] reply = talk.FromServer(1, 1001, "227 Passive (169,254,84,16,200,10).\r\n");
        talk.Box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210"));
        byte[] opened = talk.TakeFromLink();
        byte[] answered = talk.OverLink(
            PacketBuilder.Tcp($"{StandIn}:51210", "10.0.0.1:40002")
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment).Build());
        byte[] next = talk.FromServer(38, 1001, "226 Done\r\n");

        Assert.Contains("(10,9,0,1,200,10)", TextOf(reply), StringComparison.Ordinal);
        AssertEnds(opened, "10.0.0.1:40002", $"{StandIn}:51210");
        AssertEnds(answered, "10.9.0.1:51210", "10.0.0.1:40002");
        Assert.Equal(38u - 5u, FtpWire.Sequence(next));
    }

    [Fact]
    public void A_process_of_the_box_opens_a_data_connection_as_the_virtual_address()
    {
        Talk talk = Local();

        byte[] command = talk.FromClient(1001, 1, "PORT 10,0,0,1,200,11\r\n");
        byte[] opened =
            talk.OverLink(PacketBuilder.Tcp($"{StandIn}:20", "10.0.0.1:51211").Build());

        Assert.Equal("PORT 10,0,0,1,200,11\r\n", TextOf(command));
        AssertEnds(opened, "10.9.0.1:20", "10.0.0.1:51211");
    }

    private static Talk FullNat()
    {
        TestBox box = new();
        box.Command(new ReplaceSourcePool([TestBox.Address(Pool)]));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Virtual);
        box.AddServer(service, "10.1.0.11:21", ForwardingMethod.FullNat);
        string peer = SourceOf(Assert.Single(
            box.FromClient(PacketBuilder.Tcp(Client, Virtual))).Packet);
        Talk talk = new(box, null, "10.1.0.11:21", peer);
        talk.Establish();
        return talk;
    }

    private static Talk Local()
    {
        TestBox box = new();
        MemoryPort link = new("steelyard-l1", LinkIndex, new(0x0200_0000_0085));
        box.Command(new AttachPort(link));
        box.Command(new SetLocalNode(
            new(LinkIndex, TestBox.Address("169.254.84.1"), KernelMac)));
        box.Command(new HoldAddress(LinkIndex, TestBox.Address("169.254.84.2"), EngineMac));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Virtual);
        box.Command(new AddServer(service.Key, new RealServer(
            TestBox.At(Virtual),
            new ServerSettings
            {
                Method = ForwardingMethod.Local,
                LocalAddress = TestBox.Address(StandIn),
            })));
        Talk talk = new(box, link, $"{StandIn}:21", Client);
        box.FromClient(PacketBuilder.Tcp(Client, Virtual));
        talk.Establish();
        return talk;
    }

    private static byte[] Segment(
        string source, string destination, uint sequence, uint acknowledgment, string text)
    {
        byte[] packet = PacketBuilder.Tcp(source, destination)
            .Flags(TcpFlags.Acknowledgment | TcpFlags.Push)
            .Sequence(sequence, acknowledgment)
            .Payload(text.Length)
            .Build();
        Encoding.ASCII.GetBytes(text).CopyTo(packet, 40);
        FtpWire.Seal(packet);
        return packet;
    }

    private static string TextOf(byte[] packet)
    {
        Assert.Null(SlowChecksum.FaultOf(packet));
        return Encoding.ASCII.GetString(FtpWire.Payload(packet));
    }

    private static string NumbersOf(string command)
    {
        string[] numbers = command[5..].TrimEnd().Split(',');
        int port = (int.Parse(numbers[4]) * 256) + int.Parse(numbers[5]);
        return $"{string.Join('.', numbers[..4])}:{port}";
    }

    private static void AssertEnds(byte[] packet, string source, string destination)
    {
        Assert.Equal((source, destination), (SourceOf(packet), DestinationOf(packet)));
        Assert.Null(SlowChecksum.FaultOf(packet));
    }

    private static string SourceOf(byte[] packet) => EndOf(packet, 12, 20);

    private static string DestinationOf(byte[] packet) => EndOf(packet, 16, 22);

    private static string EndOf(byte[] packet, int address, int port) => new Endpoint(
        IpAddress.ReadIpv4(packet.AsSpan(address)),
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(port))).ToString();

    /// <summary>A control connection; a process of the box is behind a link of its own.</summary>
    private sealed class Talk
    {
        private readonly MemoryPort? _link;
        private readonly string _server;
        private readonly string _peer;
        private byte[]? _overLink;

        public Talk(TestBox box, MemoryPort? link, string server, string peer)
        {
            (Box, _link, _server, _peer) = (box, link, server, peer);
            if (link is not null)
            {
                link.Taker = (ReadOnlySpan<byte> frame, in FrameOffload _) =>
                    _overLink = frame[14..].ToArray();
            }
        }

        public TestBox Box { get; }

        public void Establish()
        {
            Answer(PacketBuilder.Tcp(_server, _peer)
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment).Build());
            Box.FromClient(PacketBuilder.Tcp(Client, Virtual).Flags(TcpFlags.Acknowledgment));
        }

        public byte[] FromClient(uint sequence, uint acknowledgment, string text)
        {
            SentFrame[] sent =
                Box.FromClient(Segment(Client, Virtual, sequence, acknowledgment, text));
            return _link is null ? Assert.Single(sent).Packet : TakeFromLink();
        }

        public byte[] FromServer(uint sequence, uint acknowledgment, string text) =>
            Answer(Segment(_server, _peer, sequence, acknowledgment, text));

        public byte[] OverLink(byte[] packet) => Assert.Single(
            Box.Send(_link!, PacketBuilder.InFrame(packet, EngineMac, KernelMac))).Packet;

        public byte[] TakeFromLink()
        {
            byte[]? taken = _overLink;
            _overLink = null;
            Assert.NotNull(taken);
            return taken;
        }

        private byte[] Answer(byte[] packet) =>
            _link is null ? Assert.Single(Box.FromServer(packet)).Packet : OverLink(packet);
    }
}
