using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Wire;
using static Steelyard.Tests.Sync.Talk;

namespace Steelyard.Tests.Sync;

/// <summary>
/// What one box has begun another one goes on with, when it has heard the first one's messages:
/// neither the client nor the server notices.
/// </summary>
public sealed class FailoverTests
{
    private const string Ftp = "10.9.0.1:21";
    private const string FtpServer = "10.1.0.11:21";
    private const string Phones = "10.9.0.1:5060";

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(300);

    private readonly TestBox _first = new();
    private readonly TestBox _second = new();

    [Fact]
    public void FTPs_numbers_stay_shifted_and_the_announced_connection_opens()
    {
        Both(AddFtp);
        Establish(_first, Ftp, FtpServer);
        Assert.Single(_first.FromServer(Text(
            FtpServer, Client, 1, "227 Entering Passive Mode (10,1,0,11,200,10)\r\n")));
        Channel.Tell(_first, _second);

        // 10,9,0,1 is one octet shorter than 10,1,0,11.
        byte[] next = One(_second.FromServer(Text(FtpServer, Client, 47, "226 Done\r\n")));
        byte[] acknowledged = One(_second.FromClient(PacketBuilder.Tcp(Client, Ftp)
            .Flags(TcpFlags.Acknowledgment).Sequence(1001, 46)));
        byte[] opened = One(_second.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210")));
        byte[] accepted = One(_second.FromServer(
            PacketBuilder.Tcp("10.1.0.11:51210", "10.0.0.1:40002")
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment)));

        Assert.Equal(46u, BinaryPrimitives.ReadUInt32BigEndian(next.AsSpan(24)));
        Assert.Equal(47u, BinaryPrimitives.ReadUInt32BigEndian(acknowledged.AsSpan(28)));
        Assert.Equal("10.1.0.11:51210", DestinationOf(opened));
        Assert.Equal("10.9.0.1:51210", SourceOf(accepted));
        Assert.Equal(1, Controlled(_second, "10.9.0.1:21"));
    }

    /// <summary>The second box hears of the data connection before and after it began.</summary>
    [Fact]
    public void An_announced_connection_that_has_begun_is_no_second_one()
    {
        Both(AddFtp);
        Establish(_first, Ftp, FtpServer);
        Assert.Single(_first.FromServer(Text(
            FtpServer, Client, 1, "227 Entering Passive Mode (10,1,0,11,200,10)\r\n")));
        Channel.Tell(_first, _second);
        Assert.Equal(1, _second.Engine.Connections.Expectations.Count);

        Assert.Single(_first.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210")));
        Channel.Tell(_first, _second);

        Assert.Equal(0, _second.Engine.Connections.Expectations.Count);
        Assert.Equal(2, _second.Engine.Connections.Count);
        Assert.Equal("10.1.0.11:51210", DestinationOf(One(_second.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210")
                .Flags(TcpFlags.Acknowledgment)))));
    }

    [Fact]
    public void FTPs_server_connects_to_where_its_client_listens()
    {
        Both(AddFtp);
        Establish(_first, Ftp, FtpServer);
        Assert.Single(_first.FromClient(Text(Client, Ftp, 1001, "PORT 10,0,0,1,200,11\r\n")));
        Channel.Tell(_first, _second);

        byte[] opened = One(_second.FromServer(
            PacketBuilder.Tcp("10.1.0.11:20", "10.0.0.1:51211")));

        Assert.Equal(
            ("10.9.0.1:20", "10.0.0.1:51211"), (SourceOf(opened), DestinationOf(opened)));
    }

    [Fact]
    public void A_dialogue_of_SIP_stays_with_its_server_from_whichever_port()
    {
        Both(AddPhones);
        string[] calls = ["one@phone", "two@phone", "three@phone"];
        string[] before = [.. calls.Select((call, index) => Invite(_first, 6001 + index, call))];
        Channel.Tell(_first, _second);

        // The scheduler of the second box begins anew.
        Invite(_second, 7000, "another@phone");
        string[] after = [.. calls.Select((call, index) => Invite(_second, 7001 + index, call))];

        Assert.Equal(before, after);
        Assert.Equal(["10.1.0.11", "10.1.0.12"], before.Distinct().Order());
        Assert.Equal(2, Controlled(_second, Phones));
    }

    [Fact]
    public void By_full_NAT_the_server_goes_on_with_the_same_client()
    {
        Both(box =>
        {
            box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
            VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
            box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.FullNat);
        });
        string local = SourceOf(One(_first.FromClient(PacketBuilder.Tcp(Client, Web))));
        One(_first.FromServer(PacketBuilder.Tcp("10.1.0.11:8080", local)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment)));
        Channel.Tell(_first, _second);

        byte[] asked = One(_second.FromClient(
            PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment)));
        byte[] answered = One(_second.FromServer(
            PacketBuilder.Tcp("10.1.0.11:8080", local).Flags(TcpFlags.Acknowledgment)));

        Assert.Equal((local, "10.1.0.11:8080"), (SourceOf(asked), DestinationOf(asked)));
        Assert.Equal((Web, Client), (SourceOf(answered), DestinationOf(answered)));
    }

    [Fact]
    public void A_local_end_that_is_not_ours_is_not_learnt()
    {
        Both(box =>
        {
            VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
            box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.FullNat);
        });
        _first.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        One(_first.FromClient(PacketBuilder.Tcp(Client, Web)));

        Channel.Tell(_first, _second);

        Assert.Equal(1, _second.Engine.Counters.ConnectionsSkipped);
        Assert.Equal(0, _second.Engine.Connections.Count);
    }

    /// <summary>RFC 9260 §5.1: INIT, INIT ACK, COOKIE ECHO, COOKIE ACK.</summary>
    [Fact]
    public void An_association_of_SCTP_goes_on()
    {
        const string Service = "10.9.0.1:2905";
        const string Server = "10.1.0.11:2905";
        Both(box =>
        {
            VirtualService service = box.AddService(TransportProtocol.Sctp, Service);
            box.AddServer(service, "10.1.0.12:2905", ForwardingMethod.Nat);
            box.AddServer(service, Server, ForwardingMethod.Nat);
        });
        One(_first.FromClient(Sctp(Client, Service, SctpChunkType.Init)));
        One(_first.FromServer(Sctp(Server, Client, SctpChunkType.InitAck)));
        One(_first.FromClient(Sctp(Client, Service, SctpChunkType.CookieEcho)));
        One(_first.FromServer(Sctp(Server, Client, SctpChunkType.CookieAck)));
        Channel.Tell(_first, _second);

        byte[] asked = One(_second.FromClient(Sctp(Client, Service, SctpChunkType.Data)));
        byte[] answered = One(_second.FromServer(Sctp(Server, Client, SctpChunkType.Data)));

        Assert.Equal(Server, DestinationOf(asked));
        Assert.Equal((Service, Client), (SourceOf(answered), DestinationOf(answered)));
        Assert.Equal(
            ConnectionState.SctpEstablished, _second.Engine.Connections[0].State);
    }

    [Fact]
    public void A_connection_of_a_marks_service_goes_on_and_waits_with_its_template()
    {
        ServiceKey key = new(TransportProtocol.Unknown, IpAddress.FromIpv4(0), 0) { Mark = 7 };
        Both(box =>
        {
            VirtualService service = new(key, Schedulers.Create("rr"), Persistent());
            box.Command(new ReplaceMarkRules([new(7)]));
            box.Command(new AddService(service));
            box.AddServer(service, "10.1.0.12:0", ForwardingMethod.Nat);
            box.AddServer(service, "10.1.0.11:0", ForwardingMethod.Nat);
        });
        Establish(_first, "10.9.0.3:443", "10.1.0.11:443");
        Channel.Tell(_first, _second);

        byte[] asked = One(_second.FromClient(
            PacketBuilder.Tcp(Client, "10.9.0.3:443").Flags(TcpFlags.Acknowledgment)));

        Assert.Equal("10.1.0.11:443", DestinationOf(asked));
        Assert.Equal(1, Controlled(_second, "0.0.0.7:0"));
    }

    /// <summary>ESTABLISHED lasts for 900 s, the promise for 300.</summary>
    [Fact]
    public void A_learnt_template_waits_for_the_connections_that_it_made()
    {
        Both(box =>
        {
            ServiceKey key = new(TransportProtocol.Tcp, TestBox.Address("10.9.0.1"), 80);
            VirtualService service = new(key, Schedulers.Create("rr"), Persistent());
            box.Command(new AddService(service));
            box.AddServer(service, "10.1.0.12:80", ForwardingMethod.Nat);
            box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);
        });
        Establish(_first, Web, "10.1.0.11:80");
        Channel.Tell(_first, _second);
        Establish(_second, Web, "10.1.0.12:80", "10.0.0.2:40001"); // the scheduler moves on

        Pass(_second, TimeSpan.FromSeconds(700));
        byte[] again = One(_second.FromClient(PacketBuilder.Tcp("10.0.0.1:40009", Web)));

        Assert.Equal("10.1.0.11:80", DestinationOf(again));
    }

    private static ServiceSettings Persistent() =>
        new() { Scheduler = "rr", Persistence = new(Kept) };

    private static void AddFtp(TestBox box)
    {
        VirtualService service = box.AddService(TransportProtocol.Tcp, Ftp);
        box.AddServer(service, "10.1.0.12:21", ForwardingMethod.Nat);
        box.AddServer(service, FtpServer, ForwardingMethod.Nat);
    }

    private static void AddPhones(TestBox box)
    {
        VirtualService service = new(
            new(TransportProtocol.Udp, TestBox.Address("10.9.0.1"), 5060),
            Schedulers.Create("rr"),
            Persistent() with { PersistenceEngine = "sip" });
        box.Command(new AddService(service));
        box.AddServer(service, "10.1.0.11:5060", ForwardingMethod.Nat);
        box.AddServer(service, "10.1.0.12:5060", ForwardingMethod.Nat);
    }

    /// <returns>The server's address.</returns>
    private static string Invite(TestBox box, int port, string callId)
    {
        byte[] message = Encoding.ASCII.GetBytes(
            $"INVITE sip:b@example SIP/2.0\r\nCall-ID: {callId}\r\n\r\n");
        byte[] sent = One(box.FromClient(
            PacketBuilder.Udp($"10.0.0.1:{port}", Phones).Payload(message)));
        return IpAddress.ReadIpv4(sent.AsSpan(16)).ToString();
    }

    /// <summary>How many connections those of a virtual end control, at most.</summary>
    private static int Controlled(TestBox box, string virtualEnd)
    {
        ConnectionTable table = box.Engine.Connections;
        List<int> counts = [];
        for (int handle = table.Next(0, table.HandleLimit);
            handle < table.HandleLimit;
            handle = table.Next(handle + 1, table.HandleLimit))
        {
            if (table[handle].Virtual == TestBox.At(virtualEnd))
            {
                counts.Add(table.Controls(handle));
            }
        }

        return counts.Max();
    }

    private static void Pass(TestBox box, TimeSpan time)
    {
        Instant end = box.Now + time;
        while (box.Now < end)
        {
            box.Now += TimeSpan.FromSeconds(1);
            box.Turn();
        }
    }

    private static byte[] Sctp(string source, string destination, SctpChunkType chunk)
    {
        byte[] octets = new byte[16];
        BinaryPrimitives.WriteUInt16BigEndian(octets, TestBox.At(source).Port);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), TestBox.At(destination).Port);
        octets[12] = (byte)chunk;
        octets[15] = 4;
        Assert.True(SctpPacket.TryParse(octets, out SctpPacket packet));
        packet.RewriteChecksum();
        return PacketBuilder.Other(
            132,
            TestBox.At(source).Address.ToString(),
            TestBox.At(destination).Address.ToString(),
            octets).Build();
    }

    private static byte[] Text(string source, string destination, uint sequence, string text) =>
        PacketBuilder.Tcp(source, destination)
            .Flags(TcpFlags.Acknowledgment | TcpFlags.Push)
            .Sequence(sequence, 1)
            .Payload(Encoding.ASCII.GetBytes(text))
            .Build();

    private void Both(Action<TestBox> setUp)
    {
        setUp(_first);
        setUp(_second);
    }
}
