using System;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;
using static Steelyard.Tests.Forwarding.Dropping;

namespace Steelyard.Tests.Forwarding;

/// <summary>The reasons for which a packet that was understood goes no further.</summary>
public class DropReasonOnwardTests
{
    [Fact]
    [Drops(DropReason.NoDestination)]
    public void A_service_without_a_server_refuses()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat, weight: 0);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        AssertDropped(box, DropReason.NoDestination, sent, answer: "icmp 3/3");
    }

    [Fact]
    [Drops(DropReason.ConnectionTableFull)]
    public void A_connection_beyond_the_tables_capacity_is_dropped()
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = 1 });
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);
        Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        Assert.Single(box.FromClient(
            PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment)));
        Assert.Single(box.FromServer(
            PacketBuilder.Tcp("10.1.0.11:80", Client).Flags(TcpFlags.Acknowledgment)));

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", Web));

        AssertDropped(box, DropReason.ConnectionTableFull, sent);
    }

    /// <summary>Of 16 places one is free, less than an eighth; half of all is 8.</summary>
    [Fact]
    [Drops(DropReason.OverFairShare)]
    public void A_connection_beyond_its_services_share_of_a_short_table_is_dropped()
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = 16 });
        box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        box.AddServer(
            box.AddService(TransportProtocol.Tcp, Web), "10.1.0.11:80", ForwardingMethod.Direct);
        for (int client = 1; client <= 15; client++)
        {
            for (int segment = 0; segment < 3; segment++)
            {
                box.FromClient(PacketBuilder.Tcp($"10.0.{client}.1:40001", Web).Flags(
                    segment == 0 ? TcpFlags.Syn : TcpFlags.Acknowledgment));
            }
        }

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp("10.0.16.1:40001", Web));

        AssertDropped(box, DropReason.OverFairShare, sent);
    }

    [Fact]
    [Drops(DropReason.Defended)]
    public void With_drop_packet_one_connection_in_so_many_is_given_up()
    {
        TestBox box = WebBox(out _);
        box.Command(new SetLvsSettings(new LvsSettings { DropPacket = 3, AmDroprate = 2 }));
        box.Now += TimeSpan.FromSeconds(1);
        box.Turn();
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:40001", Web));

        int sent = 0;
        for (int port = 1; port <= 10; port++)
        {
            sent += box.FromClient(PacketBuilder.Tcp($"10.0.0.2:{port}", Web)).Length;
        }

        Assert.Equal(5, sent);
        Assert.InRange(box.OutsideCounters[DropReason.Defended], 5, 6);
    }

    [Fact]
    [Drops(DropReason.PortsExhausted)]
    public void Full_NAT_without_a_source_pool_opens_nothing()
    {
        TestBox box = WebBox(out VirtualService service);
        box.Command(new RemoveServer(service.Key, TestBox.At("10.1.0.11:8080")));
        box.AddServer(service, "10.1.0.12:80", ForwardingMethod.FullNat);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        AssertDropped(box, DropReason.PortsExhausted, sent);
    }

    [Fact]
    [Drops(DropReason.ServerRemoved)]
    public void A_connection_of_a_removed_server_is_silent()
    {
        TestBox box = WebBox(out VirtualService service);
        Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        box.Command(new RemoveServer(service.Key, TestBox.At("10.1.0.11:8080")));

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment));

        AssertDropped(box, DropReason.ServerRemoved, sent);
    }

    [Fact]
    [Drops(DropReason.TimeToLiveExpired)]
    public void A_packet_on_its_last_hop_is_sent_back_as_an_error()
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web).TimeToLive(1));

        AssertDropped(box, DropReason.TimeToLiveExpired, sent, answer: "icmp 11/0");
    }

    [Fact]
    [Drops(DropReason.PacketTooBig)]
    public void A_packet_too_large_for_the_next_link_is_sent_back_as_an_error()
    {
        TestBox box = WebBox(out _);
        box.Inside.MaximumTransmissionUnit = 1400;

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web).Payload(1400));

        AssertDropped(box, DropReason.PacketTooBig, sent, answer: "icmp 3/4");
    }

    [Fact]
    public void An_error_with_options_too_large_for_the_next_link_is_dropped()
    {
        TestBox box = WebBox(out _);
        box.FromClient(PacketBuilder.Tcp(Client, Web));
        box.Inside.MaximumTransmissionUnit = 576;
        byte[] options = new byte[40];
        Array.Fill(options, (byte)1);
        byte[] quoted = PacketBuilder.Tcp(Web, Client).Payload(1000).Build();

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Icmp("10.0.9.9", "10.9.0.1", 3, 1, 0, quoted)
                .IpOptions(options)
                .MayBeCut());

        AssertDropped(box, DropReason.PacketTooBig, sent);
    }

    [Fact]
    [Drops(DropReason.NoRoute)]
    public void A_server_that_no_route_leads_to_gets_nothing()
    {
        TestBox box = WebBox(out _);
        box.Command(new ReplaceRoutes(new([])));

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        AssertDropped(box, DropReason.NoRoute, sent);
    }

    [Fact]
    [Drops(DropReason.NoPort)]
    public void A_route_by_an_interface_that_is_not_ours_leads_nowhere()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "172.16.0.11:80", ForwardingMethod.Nat);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        AssertDropped(box, DropReason.NoPort, sent);
    }

    [Fact]
    [Drops(DropReason.NeighbourFailed)]
    public void A_next_hop_that_does_not_answer_gets_nothing()
    {
        TestBox box = WebBox(out _);
        box.Command(new NeighbourFailed(TestBox.InsideIndex, TestBox.Address("10.1.0.11")));

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        AssertDropped(box, DropReason.NeighbourFailed, sent);
    }

    [Fact]
    [Drops(DropReason.NeighbourQueueFull)]
    public void Only_so_many_frames_wait_for_a_next_hop()
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 16, WaitingFramesPerNeighbour = 2 },
            knowsNeighbours: false);
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:40001", Web));
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", Web));

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp("10.0.0.1:40003", Web));

        AssertDropped(box, DropReason.NeighbourQueueFull, sent);
        Assert.Equal(2, box.OutsideCounters.Waiting);
    }

    [Fact]
    [Drops(DropReason.IcmpUnhandled)]
    public void An_ICMP_message_without_an_answer_is_dropped()
    {
        TestBox box = new();

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Icmp("10.0.0.1", "10.9.0.1", 13, 0, 0, new byte[12]));

        AssertDropped(box, DropReason.IcmpUnhandled, sent);
    }

    [Fact]
    [Drops(DropReason.IcmpUnrelated)]
    public void An_ICMP_error_about_no_connection_of_ours_is_dropped()
    {
        TestBox box = WebBox(out _);
        byte[] quoted = PacketBuilder.Tcp(Web, Client).Build();

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Icmp("10.0.9.9", "10.9.0.1", 3, 4, 1280, quoted));

        AssertDropped(box, DropReason.IcmpUnrelated, sent);
    }

    [Fact]
    [Drops(DropReason.AnswersExhausted)]
    public void A_flood_of_pings_is_not_answered_by_a_flood()
    {
        // Twenty answers a second, in bursts of a tenth of that.
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 16, AnswersPerSecond = 20 });
        byte[] packet = PacketBuilder.EchoRequest("10.0.0.1", "10.9.0.1").Build();
        Assert.Single(box.FromClient(packet));
        Assert.Single(box.FromClient(packet));

        SentFrame[] sent = box.FromClient(packet);

        AssertDropped(box, DropReason.AnswersExhausted, sent);
    }
}
