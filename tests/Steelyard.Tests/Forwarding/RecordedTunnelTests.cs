using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// What LVS of Linux 6.1 sent through tunnels, written again octet by octet; and what it found in
/// ICMP errors about them.
/// </summary>
public class RecordedTunnelTests
{
    [Theory]
    [InlineData("tun-ipip", 4)]
    [InlineData("tun-gre", 4)]
    [InlineData("tun-gre-csum", 4)]
    [InlineData("tun-gue", 4)]
    [InlineData("tun-gue-csum", 4)]
    [InlineData("tun-4in6", 4)]
    [InlineData("tun-6in6", 6)]
    [InlineData("icmp-tun", 12)]
    public void Packets_are_wrapped_as_LVS_wrapped_them(string recording, int packets)
    {
        int compared = 0;
        foreach (Step step in Steps(recording).Where(step => step.ToServer))
        {
            byte[] wanted = step.Out;
            IpAddress destination = IpAddress.Parse(step.NextHop);
            byte[] inner = OneHopLess(step.In);
            int overhead = TunnelRewrite.Overhead(step.Tunnel, destination.IsIpv4);
            byte[] actual = new byte[overhead + inner.Length];
            actual.AsSpan().Fill(PacketBuilder.Fill);
            inner.CopyTo(actual, overhead);

            TunnelRewrite.Wrap(
                actual,
                step.Tunnel,
                destination.IsIpv4 ? OuterPacket.Box : OuterPacket.BoxIpv6,
                destination,
                TunnelRewrite.DontFragment(new(inner), honoursDontFragment: true),
                identification: 0x1234,
                sourcePort: 0xC299);

            Assert.Null(OuterPacket.FaultOf(actual));
            foreach (Range field in step.Variable)
            {
                wanted.AsSpan()[field].Clear();
                actual.AsSpan()[field].Clear();
            }

            Assert.Equal(Convert.ToHexString(wanted), Convert.ToHexString(actual));
            compared++;
        }

        Assert.Equal(packets, compared);
    }

    [Theory]
    [InlineData("tun-ipip", 1480)]
    [InlineData("tun-gre", 1476)]
    [InlineData("tun-gre-csum", 1472)]
    [InlineData("tun-gue", 1468)]
    [InlineData("tun-4in6", 1460)]
    public void A_sender_is_told_what_the_tunnel_leaves_of_1500_octets(
        string recording, uint told)
    {
        Step refused = Steps(recording).Single(step => !step.ToServer);
        IpAddress server =
            IpAddress.Parse(Steps(recording).First(step => step.ToServer).NextHop);

        int mtu = TunnelRewrite.InnerMtu(
            1500, TunnelRewrite.Overhead(refused.Tunnel, server.IsIpv4), isInnerIpv4: true);

        Assert.Equal(told, BinaryPrimitives.ReadUInt32BigEndian(refused.Out.AsSpan(24)));
        Assert.Equal(told, (uint)mtu);
    }

    [Fact]
    public void Errors_about_tunnel_packets_show_the_packet_that_LVS_found()
    {
        Step[] errors = [.. Steps("icmp-tun").Where(step => !step.FromClient)];

        Assert.Equal(6, errors.Length);
        foreach (Step error in errors)
        {
            byte[] quoted = error.In[28..];

            Assert.True(TunnelRewrite.TryUnwrap(quoted, out QuotedTunnel tunnel));

            Assert.Equal(error.Out[28..], quoted[tunnel.InnerOffset..]);
            Assert.Equal(OuterPacket.Box, tunnel.Source);
            Assert.Contains(Steps("icmp-tun"), step => step.ToServer
                && step.NextHop == tunnel.Destination.ToString()
                && step.Tunnel == new TunnelSettings(tunnel.Kind, tunnel.Port));
        }
    }

    /// <summary>What a router does to the hop count, done by hand.</summary>
    private static byte[] OneHopLess(byte[] packet)
    {
        byte[] lowered = [.. packet];
        if (lowered[0] >> 4 == 6)
        {
            lowered[7]--;
            return lowered;
        }

        lowered[8]--;
        lowered[10] = 0;
        lowered[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            lowered.AsSpan(10), SlowChecksum.Of(lowered.AsSpan(0, 20)));
        return lowered;
    }

    private static IEnumerable<Step> Steps(string recording)
    {
        string path = Path.Combine(
            AppContext.BaseDirectory, "Data", "ipvs", "packets", recording + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        Dictionary<int, TunnelSettings> tunnels = [];
        foreach (JsonElement line in document.RootElement.GetProperty("ipvsadm").EnumerateArray())
        {
            string[] words = line.GetString()!.Split(' ');
            if (words[0] == "-a")
            {
                tunnels[PortOf(words[2])] = Tunnel(words);
            }
        }

        foreach (JsonElement step in document.RootElement.GetProperty("steps").EnumerateArray())
        {
            JsonElement sent = step.GetProperty("out").EnumerateArray().Single();
            byte[] packet = Convert.FromHexString(step.GetProperty("in").GetString()!);
            yield return new(
                packet,
                Convert.FromHexString(sent.GetProperty("hex").GetString()!),
                step.GetProperty("from").GetString() == "client",
                sent.GetProperty("to").GetString() == "server",
                sent.GetProperty("next_hop").GetString()!,
                tunnels.GetValueOrDefault(ServicePortOf(packet)),
                Variable(sent));
        }
    }

    private static TunnelSettings Tunnel(string[] words)
    {
        int type = Array.IndexOf(words, "--tun-type");
        int port = Array.IndexOf(words, "--tun-port");
        return new(
            type < 0 ? TunnelKind.Ipip : Enum.Parse<TunnelKind>(words[type + 1], true),
            port < 0 ? (ushort)0 : ushort.Parse(words[port + 1], CultureInfo.InvariantCulture),
            words.Contains("--tun-csum") ? TunnelChecksum.Local : TunnelChecksum.None);
    }

    private static int PortOf(string end) =>
        int.Parse(end[(end.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    /// <summary>The port that the packet, or the packet it quotes, has at the service.</summary>
    private static int ServicePortOf(byte[] packet) => packet[0] >> 4 == 6
        ? BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(42))
        : BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(packet[9] == 1 ? 48 : 22));

    private static Range[] Variable(JsonElement sent) =>
        sent.TryGetProperty("variable", out JsonElement fields)
            ? [.. fields.EnumerateArray().Select(field => Field(field))]
            : [];

    private static Range Field(JsonElement field)
    {
        int offset = field.GetProperty("offset").GetInt32();
        return offset..(offset + field.GetProperty("length").GetInt32());
    }

    private sealed record Step(
        byte[] In,
        byte[] Out,
        bool FromClient,
        bool ToServer,
        string NextHop,
        TunnelSettings Tunnel,
        Range[] Variable);
}
