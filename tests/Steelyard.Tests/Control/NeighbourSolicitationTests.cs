using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>The engine wants an IPv6 neighbour, and control finds it. RFC 4861 §7.2.</summary>
public sealed class NeighbourSolicitationTests
{
    private const int Eth0 = 1;
    private static readonly IpAddress Wanted = IpAddress.Parse("2001:db8::12:3456");
    private static readonly IpAddress Own = IpAddress.Parse("fe80::1");
    private static readonly MacAddress Station = new(0x0200_0000_00BB);

    private readonly ControlWorld _world = new(1);
    private readonly List<byte[]> _sent = [];

    public NeighbourSolicitationTests() => Box.Effects.OnFrame = (_, frame) => _sent.Add(frame);

    private ControlBox Box => _world.A;

    [Fact]
    [Rfc("4861 §7.2.2")]
    public void It_is_asked_for_in_its_group_from_the_link_local_address()
    {
        Want();

        byte[] frame = Assert.Single(_sent);
        Assert.Equal("33:33:ff:12:34:56", MacAddress.Read(frame).ToString());
        Assert.Equal(
            NeighbourDiscovery.Request(Box.StationOf(Eth0), Own, Wanted), Read(frame));
    }

    [Fact]
    public void Its_answer_reaches_the_engine()
    {
        Want();

        Hear(Read(_sent[0]).ReplyFrom(Station));

        Assert.Single(Box.Effects.Commands.OfType<NeighbourLearned>());
    }

    [Fact]
    public void Silence_reaches_the_engine_too()
    {
        Want();

        _world.RunFor(3000);

        Assert.Equal(3, _sent.Count);
        Assert.Single(Box.Effects.Commands.OfType<NeighbourFailed>());
    }

    [Fact]
    [Rfc("4861 §7.3.3")]
    public void One_that_is_known_is_asked_alone_whether_it_is_there_still()
    {
        Want();
        Hear(Read(_sent[0]).ReplyFrom(Station));
        _world.RunFor(31_000);
        _sent.Clear();

        Want();

        byte[] frame = Assert.Single(_sent);
        Assert.Equal(Station, MacAddress.Read(frame));
        Assert.Equal(
            NeighbourDiscovery.RequestAgain(Box.StationOf(Eth0), Own, Wanted), Read(frame));
    }

    /// <summary>A question from :: would look like a newcomer's probe.</summary>
    [Fact]
    [Rfc("4862 §5.4.3")]
    public void An_interface_without_a_link_local_address_asks_nothing()
    {
        Box.SetIpv6(false);

        Want();
        _world.RunFor(3000);

        Assert.Empty(_sent);
        Assert.Single(Box.Effects.Commands.OfType<NeighbourFailed>());
    }

    /// <summary>The hop limit says that it came through a router.</summary>
    [Fact]
    [Rfc("4861 §7.1.2")]
    public void An_answer_from_afar_is_not_believed()
    {
        Want();
        byte[] frame = Written(Read(_sent[0]).ReplyFrom(Station));
        frame[21] = 254;

        _world.Do(now => Box.Controller.OnFrame(Eth0, frame, now));

        Assert.Empty(Box.Effects.Commands.OfType<NeighbourLearned>());
    }

    private static NeighbourDiscovery Read(byte[] frame)
    {
        Assert.True(Ipv6Packet.TryParse(frame.AsSpan(14), out Ipv6Packet packet));
        Assert.True(NeighbourDiscovery.TryParse(packet, out NeighbourDiscovery message, out _));
        return message;
    }

    private static byte[] Written(NeighbourDiscovery message)
    {
        byte[] frame = new byte[NeighbourDiscovery.LongestFrameLength];
        int length = message.Write(frame, MacAddress.Broadcast, Station);
        return frame[..length];
    }

    private void Want() => _world.Do(now => Box.Controller.OnEngineEvent(
        new EngineEvent(EngineEventKind.NeighbourWanted, Eth0, Wanted, default), now));

    private void Hear(NeighbourDiscovery message) =>
        _world.Do(now => Box.Controller.OnFrame(Eth0, Written(message), now));
}
