using System;
using System.Linq;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// <c>drop_entry</c>: each second a 32nd of the table is looked through. What was quiet for a
/// minute and sent n packets, at most 8, goes by one in n (net/netfilter/ipvs/ip_vs_conn.c); and
/// what was proven never.
/// </summary>
public sealed class DropEntryTests
{
    private const int MostSuspect = 8;
    private const int Flows = 32;

    // Groups of 1 to 9 packets, and one of answered flows: 320 flows, 10 for each second.
    private const int Groups = MostSuspect + 2;
    private const int Seconds = 32;
    private const string Names = "10.9.0.1:53";
    private const string Web = "10.9.0.1:80";

    [Fact]
    public void Of_quiet_flows_with_n_packets_one_in_n_is_thrown_out()
    {
        TestBox box = Box();
        Begin(box);
        box.Now += TimeSpan.FromSeconds(60);

        Scan(box);

        for (int packets = 1; packets <= MostSuspect; packets++)
        {
            int thrown = (Flows + packets - 1) / packets;
            Assert.Equal((packets, Flows - thrown), (packets, Left(box, packets)));
        }

        Assert.Equal(Flows, Left(box, MostSuspect + 1));
        Assert.Equal(Flows, Left(box, Groups));
        Assert.Equal(
            (Groups * Flows) - Enumerable.Range(1, Groups).Sum(group => Left(box, group)),
            box.Engine.Counters.ConnectionsThrownOut);
    }

    [Fact]
    public void What_was_not_quiet_for_a_minute_stays()
    {
        TestBox box = Box();
        Begin(box);
        box.Now += TimeSpan.FromSeconds(60 - Seconds - 1);

        Scan(box);

        Assert.Equal(0, box.Engine.Counters.ConnectionsThrownOut);
    }

    [Fact]
    public void Half_open_ones_all_go_and_a_flow_with_data_stays()
    {
        TestBox box = Box();
        box.AddServer(
            box.AddService(TransportProtocol.Tcp, Web), "10.1.0.11:80", ForwardingMethod.Direct);
        for (int client = 0; client < 64; client++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{40_000 + client}", Web));
        }

        for (int segment = 0; segment < 3; segment++)
        {
            box.FromClient(PacketBuilder.Tcp("10.0.0.2:40000", Web).Flags(
                segment == 0 ? TcpFlags.Syn : TcpFlags.Acknowledgment));
        }

        box.FromClient(PacketBuilder.Tcp("10.0.0.3:40000", Web));
        box.FromClient(
            PacketBuilder.Tcp("10.0.0.3:40000", Web).Flags(TcpFlags.Acknowledgment));
        box.Now += TimeSpan.FromSeconds(1);
        Scan(box);
        Scan(box);

        Assert.Equal(64, box.Engine.Counters.ConnectionsThrownOut);

        box.Now += TimeSpan.FromSeconds(60);
        Scan(box);
        Scan(box);

        Assert.Equal(65, box.Engine.Counters.ConnectionsThrownOut);
        Assert.Equal(1, box.Engine.Connections.Count);
    }

    private static TestBox Box()
    {
        TestBox box = new();
        box.AddServer(
            box.AddService(TransportProtocol.Udp, Names), "10.1.0.11:53", ForwardingMethod.Nat);
        return box;
    }

    private static string Client(int group, int flow) => $"10.0.{group}.{flow}:4000";

    private static void Begin(TestBox box)
    {
        for (int group = 1; group <= Groups; group++)
        {
            for (int flow = 0; flow < Flows; flow++)
            {
                int packets = group == Groups ? 1 : group;
                for (int count = 0; count < packets; count++)
                {
                    box.FromClient(PacketBuilder.Udp(Client(group, flow), Names));
                }

                if (group == Groups)
                {
                    box.FromServer(PacketBuilder.Udp("10.1.0.11:53", Client(group, flow)));
                }
            }
        }
    }

    /// <summary>Long enough to look through all of the table once.</summary>
    private static void Scan(TestBox box)
    {
        box.Command(new SetLvsSettings(new LvsSettings { DropEntry = 3 }));
        for (int second = 0; second < Seconds; second++)
        {
            box.Now += TimeSpan.FromSeconds(1);
            box.Turn();
        }

        box.Command(new SetLvsSettings(LvsSettings.Default));
        box.Now += TimeSpan.FromSeconds(1);
        box.Turn();
    }

    private static int Left(TestBox box, int group) => Enumerable.Range(0, Flows).Count(flow =>
        box.Engine.Connections.Find(
            TransportProtocol.Udp, TestBox.At(Client(group, flow)), TestBox.At(Names), out _) >= 0);
}
