using System;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

public class CommandTests
{
    private const string Web = "10.9.0.1:80";

    [Fact]
    public void A_snapshot_lists_every_connection_once_over_several_turns()
    {
        TestBox box = WebBox(out _, upkeep: 3);
        for (int port = 1; port <= 10; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
        }

        int calls = 0;
        SnapshotConnections snapshot = new(new ConnectionRecord[16], _ => calls++);
        box.Command(snapshot);
        box.Turn();
        Assert.False(snapshot.IsComplete);
        for (int turn = 0; turn < 4; turn++)
        {
            box.Turn();
        }

        Assert.Equal((true, true, 1), (snapshot.IsComplete, snapshot.IsWhole, calls));
        Assert.Equal(
            Enumerable.Range(1, 10),
            snapshot.Records.ToArray().Select(record => (int)record.Client.Port).Order());
    }

    [Fact]
    public void A_snapshot_into_too_small_a_buffer_says_so()
    {
        TestBox box = WebBox(out _);
        for (int port = 1; port <= 10; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
        }

        SnapshotConnections snapshot = new(new ConnectionRecord[9]);
        box.Command(snapshot);
        box.Turn();

        Assert.Equal((true, false, 9),
            (snapshot.IsComplete, snapshot.IsWhole, snapshot.Records.Length));
    }

    [Fact]
    public void A_later_snapshot_waits_for_the_first_and_both_are_whole()
    {
        TestBox box = WebBox(out _, upkeep: 3);
        for (int port = 1; port <= 10; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
        }

        SnapshotConnections first = new(new ConnectionRecord[16]);
        SnapshotConnections second = new(new ConnectionRecord[16]);
        box.Command(first);
        box.Turn();
        box.Command(second);
        for (int turn = 0; turn < 12; turn++)
        {
            box.Turn();
        }

        Assert.Equal((true, 10), (first.IsWhole, first.Records.Length));
        Assert.Equal((true, 10), (second.IsWhole, second.Records.Length));
    }

    [Fact]
    public void A_snapshot_too_many_is_answered_at_once_as_not_whole()
    {
        TestBox box = WebBox(out _, upkeep: 3);
        for (int port = 1; port <= 10; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
        }

        SnapshotConnections[] snapshots =
            [.. Enumerable.Range(0, 9).Select(_ => new SnapshotConnections(
                new ConnectionRecord[16]))];
        foreach (SnapshotConnections snapshot in snapshots)
        {
            box.Command(snapshot);
        }

        box.Turn();
        Assert.Equal((true, false), (snapshots[8].IsComplete, snapshots[8].IsWhole));

        for (int turn = 0; turn < 60; turn++)
        {
            box.Turn();
        }

        Assert.All(snapshots[..8], snapshot => Assert.True(snapshot.IsWhole));
    }

    [Fact]
    public void The_next_turn_is_due_at_once_while_commands_wait()
    {
        TestBox box = WebBox(out VirtualService service);
        for (int count = 0; count < 10_000; count++)
        {
            Assert.True(box.Engine.Commands.TryPut(new ZeroCounters(service.Key)));
        }

        _ = box.Engine.Turn(box.Now);
        Assert.False(box.Engine.Commands.IsEmpty);
        Assert.Equal(box.Now, box.Engine.Deadline);

        box.Turn();
        Assert.True(box.Engine.Deadline > box.Now);
    }

    [Fact]
    public void An_interfaces_addresses_are_kept_for_a_port_that_comes_later()
    {
        Engine engine = new(new EngineOptions { ConnectionCapacity = 16 });
        IpPrefix own = new(IpAddress.Parse("10.1.0.2"), 24);
        engine.Commands.TryPut(new SetInterfaceAddresses(7, [own]));
        engine.Commands.TryPut(new AttachPort(new MemoryPort("late", 7, default, 4, 64)));

        engine.Turn(Instant.Zero);

        Assert.Equal(own, Assert.Single(engine.FindPort(7)!.Addresses));
    }

    [Fact]
    public void The_twins_connections_go_on_here()
    {
        TestBox box = WebBox(out VirtualService service);
        box.AddServer(service, "10.1.0.12:8080", ForwardingMethod.Nat);
        ConnectionRecord known = new(
            TransportProtocol.Tcp,
            TestBox.At("10.0.0.1:40001"),
            TestBox.At(Web),
            TestBox.At("10.1.0.11:8080"),
            ForwardingMethod.Nat,
            ConnectionState.Established,
            IsInactive: false,
            TimeSpan.FromMinutes(10));
        ConnectionRecord unknown = known with { Server = TestBox.At("10.1.0.99:8080") };

        box.Command(new LearnConnections([known, unknown], includesHeld: true));
        SentFrame sent = Assert.Single(box.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40001", Web).Flags(TcpFlags.Acknowledgment)));

        Assert.Equal(TestBox.ServerMac(11), sent.Destination);
        Assert.Equal(1, box.Engine.Counters.ConnectionsLearned);
        Assert.Equal(1, box.Engine.Counters.ConnectionsSkipped);
    }

    [Fact]
    public void An_explanation_names_the_server_and_changes_nothing()
    {
        TestBox box = WebBox(out VirtualService service);
        box.AddServer(service, "10.1.0.12:8080", ForwardingMethod.Nat);
        FlowKey flow = new(
            TransportProtocol.Tcp, TestBox.At("10.0.0.1:40001"), TestBox.At(Web));

        Explanation first = Explain(box, flow);
        Explanation second = Explain(box, flow);
        SentFrame sent = Assert.Single(box.FromClient(
            PacketBuilder.Tcp("10.0.0.1:40001", Web)));
        Explanation third = Explain(box, flow);

        Assert.Equal(ExplanationKind.NewConnection, first.Kind);
        Assert.Equal(first, second);
        Assert.Equal(first.Station, sent.Destination);
        Assert.Equal(TestBox.InsideIndex, first.InterfaceIndex);
        Assert.Equal(("rr", ForwardingMethod.Nat), (first.Scheduler, first.Method));
        Assert.Equal(ExplanationKind.ExistingConnection, third.Kind);
        Assert.Equal(first.Server, third.Server);
        Assert.Equal(ConnectionState.SynReceived, third.State);
    }

    [Theory]
    [InlineData("10.9.0.77:80", ExplanationKind.NotHeld)]
    [InlineData("10.9.0.1:81", ExplanationKind.NoService)]
    [InlineData("10.9.0.2:80", ExplanationKind.NoDestination)]
    [InlineData("10.9.0.3:80", ExplanationKind.NoPort)]
    [InlineData("10.9.0.4:80", ExplanationKind.NoPort)]
    public void An_explanation_says_why_not(string destination, ExplanationKind kind)
    {
        TestBox box = WebBox(out _);
        box.AddService(TransportProtocol.Tcp, "10.9.0.2:80");
        VirtualService far = box.AddService(TransportProtocol.Tcp, "10.9.0.3:80");
        box.AddServer(far, "172.16.0.1:80", ForwardingMethod.Nat);
        VirtualService local = box.AddService(TransportProtocol.Tcp, "10.9.0.4:80");
        box.AddServer(local, "10.1.0.1:80", ForwardingMethod.Local);

        Explanation answer = Explain(box, new(
            TransportProtocol.Tcp, TestBox.At("10.0.0.1:1"), TestBox.At(destination)));

        Assert.Equal(kind, answer.Kind);
    }

    [Fact]
    public void Counters_go_back_to_zero_for_one_service_or_for_all()
    {
        TestBox box = WebBox(out VirtualService web);
        VirtualService other = box.AddService(TransportProtocol.Tcp, "10.9.0.2:80");
        box.AddServer(other, "10.1.0.12:80", ForwardingMethod.Direct);
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:1", Web));
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:1", "10.9.0.2:80"));

        box.Command(new ZeroCounters(web.Key));
        box.Turn();
        Assert.Equal((0, 1), (web.Counters.InPackets, other.Counters.InPackets));
        Assert.Equal(0, web.Servers[0].Counters.InBytes);

        box.Command(new ZeroCounters());
        box.Turn();
        Assert.Equal(0, other.Counters.InPackets);
    }

    [Fact]
    public void A_service_can_be_edited_and_removed()
    {
        TestBox box = WebBox(out VirtualService service);
        box.Command(new EditService(
            service.Key,
            new ServiceSettings { Scheduler = "sh" },
            Schedulers.Create("sh")));
        box.Command(new EditServer(
            service.Key,
            TestBox.At("10.1.0.11:8080"),
            new ServerSettings { Method = ForwardingMethod.Direct, Weight = 7 }));
        box.Turn();
        Assert.Equal("sh", service.SchedulerName);
        Assert.Equal((ForwardingMethod.Direct, 7),
            (service.Servers[0].Method, service.Servers[0].Weight));

        box.Command(new RemoveService(service.Key));
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:1", Web));

        Assert.Equal(1, box.OutsideCounters[DropReason.NoService]);
    }

    [Fact]
    public void Timeouts_that_are_set_hold_and_zero_leaves_them()
    {
        TestBox box = WebBox(out _);
        box.Command(new SetTimeouts(TimeSpan.Zero, null, TimeSpan.FromSeconds(10)));
        VirtualService names = box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        RealServer server = box.AddServer(names, "10.1.0.11:53", ForwardingMethod.Nat);
        box.FromClient(PacketBuilder.Udp("10.0.0.1:1", "10.9.0.1:53"));
        Assert.Equal(1, server.InactiveConnections);

        box.Now += TimeSpan.FromSeconds(11);
        for (int turn = 0; turn < 200; turn++)
        {
            box.Turn();
        }

        Assert.Equal(0, server.InactiveConnections);
        Assert.Equal(1, box.Engine.Counters.ConnectionsExpired);
    }

    private static Explanation Explain(TestBox box, FlowKey flow)
    {
        Explain command = new(flow);
        box.Command(command);
        box.Turn();
        Assert.True(command.IsComplete);
        return command.Answer;
    }

    private static TestBox WebBox(
        out VirtualService service, int upkeep = 256, int events = 1024)
    {
        TestBox box = new(new EngineOptions
        {
            ConnectionCapacity = 64,
            UpkeepPerTurn = upkeep,
            EventQueue = events,
        });
        service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.Nat);
        return box;
    }
}
