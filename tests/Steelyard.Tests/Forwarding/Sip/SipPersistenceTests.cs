using System;
using System.Linq;
using System.Text;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Sip;

/// <summary>
/// A service with the persistence engine sip: the client and the Call-ID together name the server,
/// as with LVS (Data/ipvs/sync/persist-sip.json).
/// </summary>
public sealed class SipPersistenceTests
{
    private const string Virtual = "10.9.0.1:5060";

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(300);

    private readonly TestBox _box = new(new EngineOptions { ConnectionCapacity = 1 << 16 });

    public SipPersistenceTests() => AddService(_box, "sip");

    [Fact]
    public void Two_phones_behind_one_address_go_to_different_servers()
    {
        IpAddress first = ServerOf(6001, "one@phone");
        IpAddress second = ServerOf(6002, "two@phone");

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_dialogue_stays_with_its_server_from_whichever_port()
    {
        IpAddress first = ServerOf(6001, "one@phone");
        IpAddress second = ServerOf(6002, "two@phone");

        for (int port = 6003; port < 6011; port++)
        {
            Assert.Equal(first, ServerOf(port, "one@phone"));
            Assert.Equal(second, ServerOf(port + 10, "two@phone"));
        }
    }

    [Fact]
    public void The_same_dialogue_of_another_client_is_another()
    {
        IpAddress first = ServerOf(6001, "one@phone");

        Assert.NotEqual(first, ServerOf(6001, "one@phone", "10.0.0.2"));
    }

    [Fact]
    public void Without_a_Call_ID_the_client_alone_counts()
    {
        IpAddress dialogue = ServerOf(6001, "one@phone");
        IpAddress first = ServerOf(6002, callId: null);

        Assert.NotEqual(dialogue, first);
        Assert.Equal(first, ServerOf(6003, callId: null));
        Assert.Equal(first, ServerOf(6004, callId: null));
    }

    [Fact]
    public void Without_the_engine_the_client_alone_counts()
    {
        TestBox plain = new();
        AddService(plain, engine: string.Empty);

        IpAddress first = ServerOf(plain, 6001, "one@phone");

        Assert.Equal(first, ServerOf(plain, 6002, "two@phone"));
    }

    [Fact]
    public void Its_template_is_listed_with_the_Call_ID()
    {
        ServerOf(6001, "one@phone");
        ServerOf(6002, callId: null);

        ConnectionRecord[] templates = [.. List().Where(record => record.IsTemplate)];

        Assert.Equal(
            [null, "one@phone"], templates.Select(record => record.CallId.ToText()).Order());
        Assert.All(templates, record => Assert.Equal(
            TestBox.At("10.0.0.1:0"), record.Client));
    }

    [Fact]
    public void A_template_that_ended_is_forgotten_and_its_Call_ID_is_not_anothers()
    {
        ServerOf(6001, "one@phone");
        CallIdText seen = List().Single(record => record.IsTemplate).CallId;
        Assert.Equal("one@phone", seen.ToText());

        for (int pass = 0; pass < 200; pass++)
        {
            // The template stays for a while after the last connection that it made.
            _box.Now += Kept / 20;
            _box.Turn();
        }

        ServerOf(6002, "two@phone");

        Assert.Null(seen.ToText());
        ConnectionRecord now = List().Single(record => record.IsTemplate);
        Assert.Equal("two@phone", now.CallId.ToText());
    }

    [Fact]
    public void Too_many_dialogues_keep_to_their_clients_server()
    {
        const int Most = 1 << 14;
        for (int number = 0; number < Most; number++)
        {
            ServerOf(1024 + number, $"{number}@phone");
        }

        IpAddress first = ServerOf(20_001, "new@phone");

        Assert.Equal(first, ServerOf(20_002, "newer@phone"));
        Assert.Equal(2, _box.Engine.Counters.CallIdsNotKept);
        Assert.Equal(ServerOf(20_003, "7@phone"), ServerOf(20_004, "7@phone"));
        _box.Now += Kept * 3;
        for (int turn = 0; turn < 100; turn++)
        {
            _box.Turn();
        }

        Assert.NotEqual(ServerOf(20_001, "new@phone"), ServerOf(20_002, "newer@phone"));
        Assert.Equal(2, _box.Engine.Counters.CallIdsNotKept);
    }

    private static void AddService(TestBox box, string engine)
    {
        VirtualService service = new(
            new(TransportProtocol.Udp, TestBox.Address("10.9.0.1"), 5060),
            Schedulers.Create("rr"),
            new()
            {
                Scheduler = "rr",
                Persistence = new(Kept),
                PersistenceEngine = engine,
            });
        box.Command(new AddService(service));
        box.AddServer(service, "10.1.0.11:5060", ForwardingMethod.Nat);
        box.AddServer(service, "10.1.0.12:5060", ForwardingMethod.Nat);
    }

    private IpAddress ServerOf(int port, string? callId, string client = "10.0.0.1") =>
        ServerOf(_box, port, callId, client);

    private static IpAddress ServerOf(
        TestBox box, int port, string? callId, string client = "10.0.0.1")
    {
        string line = callId is null ? string.Empty : $"Call-ID: {callId}\r\n";
        byte[] message = Encoding.ASCII.GetBytes(
            $"INVITE sip:b@example SIP/2.0\r\nFrom: <sip:a@example>\r\n{line}\r\n");
        SentFrame sent = Assert.Single(box.FromClient(
            PacketBuilder.Udp($"{client}:{port}", Virtual).Payload(message)));
        while (box.Engine.Events.TryTake(out _))
        {
        }

        return IpAddress.ReadIpv4(sent.Packet.AsSpan(16));
    }

    private ConnectionRecord[] List()
    {
        SnapshotConnections listed = new(new ConnectionRecord[64]);
        _box.Command(listed);
        _box.Turn();
        Assert.True(listed.IsWhole);
        return listed.Records.ToArray();
    }
}
