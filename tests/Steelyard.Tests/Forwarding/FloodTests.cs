using System;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Floods of forged senders against one service: the others go on. A table of 1,024 meets ten times
/// as many strangers within half a minute, a tenth of the least timeout that they leave behind.
/// </summary>
public sealed class FloodTests
{
    private const int Capacity = 1024;
    private const int Strangers = 10 * Capacity;
    private const int StrangersPerClient = 50;
    private const int Flows = 40;
    private const string Web = "10.9.0.1:80";
    private const string Names = "10.9.0.1:53";
    private const string Direct = "10.9.0.2:81";
    private const TcpFlags Ack = TcpFlags.Acknowledgment;
    private const TcpFlags Said = TcpFlags.Push | Ack;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(3);

    [Theory]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Nat, 1)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Nat, 4)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Direct, 1)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Direct, 2)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Nat, 2)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Direct, 1)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Direct, 2)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Direct, 3)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Tunnel, 2)]
    public void No_flow_is_lost_and_the_other_services_clients_get_through(
        TransportProtocol protocol, ForwardingMethod method, int packets)
    {
        TestBox box = Box();
        string target = protocol == TransportProtocol.Udp ? Names : Direct;
        string port = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        box.AddServer(
            box.AddService(protocol, target), $"10.1.0.12:{port}", method);
        for (int flow = 0; flow < Flows; flow++)
        {
            Assert.True(Converses(box, Client(flow)));
        }

        int tried = 0;
        int served = 0;
        for (int stranger = 0; stranger < Strangers; stranger++)
        {
            Send(box, protocol, Stranger(stranger), target, packets);
            box.Now += Step;
            if (stranger % StrangersPerClient == 0)
            {
                string client = Client(Flows + tried++);
                served += Converses(box, client) ? 1 : 0;
                box.FromClient(PacketBuilder.Tcp(client, Web).Flags(TcpFlags.Reset));
            }
        }

        Assert.Equal(tried, served);
        for (int flow = 0; flow < Flows; flow++)
        {
            Assert.True(GoesOn(box, Client(flow)), Client(flow));
        }

        box.CheckConservation();
    }

    /// <summary>Proof can be forged where replies do not pass: the share bounds it.</summary>
    [Fact]
    public void A_service_that_has_its_share_of_a_short_table_is_refused_and_counted()
    {
        TestBox box = Box();
        box.AddServer(
            box.AddService(TransportProtocol.Tcp, Direct), "10.1.0.12:81", ForwardingMethod.Direct);
        for (int stranger = 0; stranger < Capacity; stranger++)
        {
            Send(box, TransportProtocol.Tcp, Stranger(stranger), Direct, packets: 3);
        }

        EngineCounters counters = box.Engine.Counters;
        Assert.InRange(counters.RefusedServiceShare, 100, 200);
        Assert.Equal(counters.RefusedServiceShare, counters.ConnectionsRefused);
        Assert.Equal(
            counters.RefusedServiceShare, box.OutsideCounters[DropReason.OverFairShare]);
        Assert.True(Converses(box, Client(0)));
    }

    [Fact]
    public void A_network_that_has_its_share_of_a_short_table_is_refused_and_counted()
    {
        TestBox box = Box();
        box.Command(new SetLvsSettings(new LvsSettings { SourceShare = 20 }));
        for (int client = 0; client < Capacity; client++)
        {
            Converses(box, $"10.66.6.{(client % 250) + 1}:{1024 + client}");
        }

        Assert.InRange(box.Engine.Counters.RefusedSourceShare, 100, 200);
        Assert.True(Converses(box, Client(0)));
    }

    /// <summary>Who shares with nobody, and whose share is the whole, gets the whole.</summary>
    [Fact]
    public void Without_others_and_by_the_whole_as_share_all_places_are_taken()
    {
        TestBox box = Box();
        box.Command(new SetLvsSettings(new LvsSettings { SourceShare = 100 }));

        for (int client = 0; client < Capacity; client++)
        {
            Assert.True(Converses(box, $"10.66.6.6:{1024 + client}"));
        }

        Assert.Equal(Capacity, box.Engine.Connections.Count);
        Assert.False(Converses(box, Client(0)));
        Assert.Equal(1, box.OutsideCounters[DropReason.ConnectionTableFull]);
    }

    [Fact]
    public void What_gave_way_is_counted_by_what_it_lacked()
    {
        TestBox box = Box();
        box.AddServer(
            box.AddService(TransportProtocol.Udp, Names), "10.1.0.12:53", ForwardingMethod.Nat);
        box.AddServer(
            box.AddService(TransportProtocol.Tcp, Direct), "10.1.0.12:81", ForwardingMethod.Direct);
        for (int stranger = 0; stranger < Capacity; stranger++)
        {
            Send(box, TransportProtocol.Udp, Stranger(3 * stranger), Names, 1);
            Send(box, TransportProtocol.Tcp, Stranger((3 * stranger) + 1), Direct, 2);
            Send(box, TransportProtocol.Tcp, Stranger((3 * stranger) + 2), Web, 1);
        }

        box.Turn();
        EngineCounters counters = box.Engine.Counters;
        Assert.Equal(
            counters.ConnectionsEvicted,
            counters.EvictedHalfOpen + counters.EvictedHandshakeOnly + counters.EvictedUnanswered);
        Assert.True(counters.EvictedHalfOpen > 500, $"{counters.EvictedHalfOpen}");
        Assert.True(counters.EvictedHandshakeOnly > 500, $"{counters.EvictedHandshakeOnly}");
        Assert.True(counters.EvictedUnanswered > 500, $"{counters.EvictedUnanswered}");
    }

    private static TestBox Box()
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = Capacity });
        box.AddServer(
            box.AddService(TransportProtocol.Tcp, Web), "10.1.0.11:80", ForwardingMethod.Nat);
        return box;
    }

    private static string Client(int number) => $"10.0.{number}.1:{40_000 + number}";

    private static string Stranger(int number) =>
        $"11.{number >> 16}.{(number >> 8) & 255}.{number & 255}:{1024 + (number % 60_000)}";

    /// <summary>SYN, and blind ACKs; or so many datagrams.</summary>
    private static void Send(
        TestBox box, TransportProtocol protocol, string from, string target, int packets)
    {
        for (int count = 0; count < packets; count++)
        {
            box.FromClient(protocol == TransportProtocol.Udp
                ? PacketBuilder.Udp(from, target)
                : PacketBuilder.Tcp(from, target).Flags(count == 0 ? TcpFlags.Syn : Ack));
        }
    }

    /// <summary>A handshake, a question and its answer, as far as each gets through.</summary>
    private static bool Converses(TestBox box, string client) =>
        box.FromClient(PacketBuilder.Tcp(client, Web)).Length == 1
        && box.FromServer(Reply(client, TcpFlags.Syn | Ack)).Length == 1
        && box.FromClient(PacketBuilder.Tcp(client, Web).Flags(Ack)).Length == 1
        && GoesOn(box, client);

    private static bool GoesOn(TestBox box, string client) =>
        box.FromClient(PacketBuilder.Tcp(client, Web).Flags(Said).Payload(8)).Length == 1
        && box.FromServer(Reply(client, Said).Payload(8)).Length == 1;

    private static PacketBuilder Reply(string client, TcpFlags flags) =>
        PacketBuilder.Tcp("10.1.0.11:80", client).Flags(flags);
}
