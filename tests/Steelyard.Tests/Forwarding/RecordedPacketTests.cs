using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// What LVS of Linux 6.1 did with packets, replayed: same octets, same next hop. IPv6, tunnels
/// and packets that LVS leaves to plain forwarding are passed over.
/// </summary>
public class RecordedPacketTests
{
    [Theory]
    [InlineData("nat-tcp", 8)]
    [InlineData("nat-udp", 4)]
    [InlineData("dr", 3)]
    [InlineData("icmp-nat-from-client", 11)]
    [InlineData("icmp-nat-from-server", 11)]
    [InlineData("icmp-dr", 2)]
    [InlineData("no-destination", 5)]
    [InlineData("tcp-options", 2)]
    [InlineData("ttl", 6)]
    [InlineData("mtu", 6)]
    [InlineData("server-removed", 2)]
    public void Packets_leave_as_LVS_sent_them(string recording, int steps)
    {
        string path = Path.Combine(
            AppContext.BaseDirectory, "Data", "ipvs", "packets", recording + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement root = document.RootElement;
        TestBox box = new();
        if (root.TryGetProperty("mtu", out JsonElement mtu))
        {
            box.Outside.MaximumTransmissionUnit = mtu.GetProperty("client_side").GetInt32();
            box.Inside.MaximumTransmissionUnit = mtu.GetProperty("server_side").GetInt32();
        }

        List<IEngineCommand> removals = Configure(box, root.GetProperty("ipvsadm"));

        int replayed = 0;
        foreach (JsonElement step in root.GetProperty("steps").EnumerateArray())
        {
            if (Replays(step))
            {
                Replay(box, step, removals);
                replayed++;
            }
        }

        Assert.Equal(steps, replayed);
        box.CheckConservation();
    }

    private static bool Replays(JsonElement step)
    {
        string note = step.GetProperty("note").GetString()!;
        string summary = step.GetProperty("summary").GetString()!;
        bool isIpv6 = step.GetProperty("in").GetString()![0] == '6';
        bool isTunnel = summary.Contains("10.9.0.1:82", StringComparison.Ordinal);
        bool isPlain = note is "redirect" or "echo request";
        bool isOption = note.Contains("expire_nodest_conn", StringComparison.Ordinal);
        return !isIpv6 && !isTunnel && !isPlain && !isOption;
    }

    private static void Replay(TestBox box, JsonElement step, List<IEngineCommand> removals)
    {
        string what = step.GetProperty("note") + ": " + step.GetProperty("summary");
        if (step.GetProperty("note").GetString() == "server removed")
        {
            removals.ForEach(box.Command);
        }

        byte[] packet = Convert.FromHexString(step.GetProperty("in").GetString()!);
        SentFrame[] sent = step.GetProperty("from").GetString() == "client"
            ? box.FromClient(packet)
            : box.FromServer(packet);

        JsonElement expected = step.GetProperty("out");
        Assert.True(expected.GetArrayLength() == sent.Length, what);
        for (int index = 0; index < sent.Length; index++)
        {
            Compare(box, expected[index], sent[index], what);
        }
    }

    private static void Compare(TestBox box, JsonElement expected, SentFrame sent, string what)
    {
        byte[] wanted = Convert.FromHexString(expected.GetProperty("hex").GetString()!);
        byte[] actual = sent.Packet;
        Assert.Null(SlowChecksum.FaultOf(actual));
        if (expected.TryGetProperty("variable", out JsonElement variable))
        {
            foreach (JsonElement field in variable.EnumerateArray())
            {
                int offset = field.GetProperty("offset").GetInt32();
                int length = field.GetProperty("length").GetInt32();
                wanted.AsSpan(offset, length).Clear();
                actual.AsSpan(offset, length).Clear();
            }
        }

        Assert.True(
            wanted.AsSpan().SequenceEqual(actual),
            $"{what}\n wanted {Convert.ToHexString(wanted)}"
                + $"\n actual {Convert.ToHexString(actual)}");
        bool toServer = expected.GetProperty("to").GetString() == "server";
        string nextHop = expected.GetProperty("next_hop").GetString()!;
        MacAddress station = nextHop == "client router"
            ? TestBox.RouterMac
            : TestBox.ServerMac((int)(TestBox.Address(nextHop).Ipv4 & 0xFF));
        Assert.Same(toServer ? box.Inside : box.Outside, sent.Port);
        Assert.Equal(station, sent.Destination);
    }

    /// <summary>Applies the ipvsadm lines; returns the removals, which come later.</summary>
    private static List<IEngineCommand> Configure(TestBox box, JsonElement lines)
    {
        Dictionary<string, VirtualService> services = [];
        List<IEngineCommand> removals = [];
        foreach (JsonElement line in lines.EnumerateArray())
        {
            string[] words = line.GetString()!.Split(' ');
            if (words[2].StartsWith('['))
            {
                continue;
            }

            string name = words[1] + words[2];
            if (words[0] == "-A")
            {
                TransportProtocol protocol =
                    words[1] == "-t" ? TransportProtocol.Tcp : TransportProtocol.Udp;
                services[name] = box.AddService(protocol, words[2], words[4]);
            }
            else if (words[0] == "-a")
            {
                ForwardingMethod method = words[5] switch
                {
                    "-m" => ForwardingMethod.Nat,
                    "-g" => ForwardingMethod.Direct,
                    _ => ForwardingMethod.Tunnel,
                };
                box.AddServer(services[name], words[4], method);
            }
            else
            {
                removals.Add(
                    new RemoveServer(services[name].Key, TestBox.At(words[4])));
            }
        }

        return removals;
    }
}
