using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;
using Steelyard.Rig.Ports;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// A director's place in the network, and the far ends of its two wires, where clients and servers
/// are played: <c>c0</c> leads to the clients' router, <c>s0</c> to the servers.
/// </summary>
internal sealed class Wires : IDisposable
{
    internal const string ClientSide = "c0";
    internal const string ServerSide = "s0";
    private const string FarClientSide = "c1";
    private const string FarServerSide = "s1";
    private static readonly IpAddress Router = IpAddress.Parse("10.254.0.2");
    private static readonly IpAddress RouterIpv6 = IpAddress.Parse("fd00:254::2");

    private readonly NetworkNamespace _far = NetworkNamespace.Create();
    private readonly PortPoller _dataPoller = new();
    private readonly PortPoller _askPoller = new();
    private readonly AfPacketPort[] _ports;
    private readonly ControlSocket[] _asked;
    private readonly Thread _answering;
    private volatile bool _isStopping;

    internal Wires()
    {
        Place = NetworkNamespace.Create();
        Place.Run(StayQuiet);
        _far.Run(SetIpv6Off);
        AddWire(ClientSide, FarClientSide, "10.254.0.1/30", "fd00:254::1/64");
        AddWire(ServerSide, FarServerSide, "10.1.0.1/16", "fd00:1::1/32");
        using (LinkEditor editor = LinkEditor.Inside(Place))
        {
            editor.SetUp("lo");
            editor.AddRoute(Prefix("0.0.0.0/0"), Router, ClientSide);
            editor.AddRoute(Prefix("::/0"), RouterIpv6, ClientSide);
        }

        AfPacketOptions all = new() { AcceptsAllStations = true };
        _ports = _far.Run(() => new AfPacketPort[]
        {
            new(FarClientSide, all), new(FarServerSide, all),
        });
        _asked = _far.Run(() => new ControlSocket[] { new(FarClientSide), new(FarServerSide) });
        foreach (AfPacketPort port in _ports)
        {
            _dataPoller.Add(port);
        }

        foreach (ControlSocket asked in _asked)
        {
            _askPoller.Add(asked);
        }

        _answering = new(AnswerQuestions) { IsBackground = true, Name = "ARP" };
        _answering.Start();
    }

    /// <summary>Where the director lives.</summary>
    internal NetworkNamespace Place { get; }

    public void Dispose()
    {
        _isStopping = true;
        _askPoller.Wake();
        _answering.Join();
        _askPoller.Dispose();
        _dataPoller.Dispose();
        foreach (AfPacketPort port in _ports)
        {
            port.Dispose();
        }

        foreach (ControlSocket asked in _asked)
        {
            asked.Dispose();
        }

        _far.Dispose();
        Place.Dispose();
    }

    /// <summary>The station of whoever has this address at the far end of a wire.</summary>
    internal static MacAddress StationOf(IpAddress address) => address.IsIpv4
        ? new(0x0204_0000_0000UL | address.Ipv4)
        : new(0x0206_0000_0000UL | ((address.High & 0xFFFF_0000) | (address.Low & 0xFFFF)));

    internal static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix)
        ? prefix
        : throw new FormatException(text);

    /// <summary>From the clients' router, or from a server.</summary>
    internal void Send(byte[] packet, bool isFromServer, MacAddress to)
    {
        AfPacketPort port = _ports[isFromServer ? 1 : 0];
        SeenPacket sent = new(isFromServer, to, packet);
        IpAddress router = sent.IsIpv4 ? Router : RouterIpv6;
        MacAddress from = StationOf(isFromServer ? sent.Source.Address : router);
        port.Transmit(Frames.InFrame(packet, to, from), default);
        port.Flush();
    }

    /// <summary>Takes what the director has sent; waits for it until a time.</summary>
    internal void Collect(List<SeenPacket> seen, Instant end)
    {
        Take(seen);
        while (seen.Count == 0 && MonotonicClock.Now < end)
        {
            _ = _dataPoller.Wait(end);
            Take(seen);
        }
    }

    private void Take(List<SeenPacket> seen)
    {
        for (int side = 0; side < _ports.Length; side++)
        {
            int count = _ports[side].Receive();
            for (int index = 0; index < count; index++)
            {
                Span<byte> octets = _ports[side].Frame(index);
                if (EthernetFrame.TryParse(octets, out EthernetFrame frame)
                    && frame.Type is EtherType.Ipv4 or EtherType.Ipv6
                    && !frame.Destination.IsMulticast
                    && !IsAboutNeighbours(frame.Payload))
                {
                    seen.Add(new(side == 1, frame.Destination, frame.Payload.ToArray()));
                }
            }

            _ports[side].Release();
        }
    }

    /// <summary>What the links' ends say to one another, from 133 to 137. RFC 4861 §4.
    /// </summary>
    private static bool IsAboutNeighbours(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 == 6
        && packet[6] == (byte)IpProtocol.Icmpv6
        && packet[Ipv6Packet.HeaderLength] is >= 133 and <= 137;

    private void AnswerQuestions()
    {
        byte[] buffer = new byte[2048];
        while (!_isStopping)
        {
            foreach (ControlSocket asked in _asked)
            {
                while (asked.TryReceive(buffer, out int length, out Instant _))
                {
                    Answer(asked, buffer.AsSpan(0, length));
                }
            }

            _ = _askPoller.Wait(Instant.Never);
        }
    }

    private static void Answer(ControlSocket asked, Span<byte> frame)
    {
        if (ArpPacket.TryParse(frame, out ArpPacket question)
            && question.Operation == ArpOperation.Request
            && !question.IsGratuitous
            && IsHere(question.TargetAddress))
        {
            MacAddress owner = StationOf(question.TargetAddress);
            byte[] answer = new byte[ArpPacket.FrameLength];
            _ = question.ReplyFrom(owner).Write(answer, question.SenderHardware, owner);
            _ = asked.Send(answer);
        }
        else if (EthernetFrame.TryParse(frame, out EthernetFrame ethernet)
            && ethernet.Type == EtherType.Ipv6
            && Ipv6Packet.TryParse(ethernet.Payload, out Ipv6Packet packet)
            && NeighbourDiscovery.TryParse(packet, out NeighbourDiscovery solicitation, out _)
            && solicitation.Message == NeighbourMessage.Solicitation
            && !solicitation.IsProbe
            && IsHere(solicitation.Target))
        {
            MacAddress owner = StationOf(solicitation.Target);
            byte[] answer = new byte[NeighbourDiscovery.LongestFrameLength];
            int length = solicitation.ReplyFrom(owner).Write(answer, ethernet.Source, owner);
            _ = asked.Send(answer.AsSpan(0, length));
        }
    }

    private static bool IsHere(IpAddress address) =>
        address == Router || address == RouterIpv6 || Universe.IsServer(address);

    private void AddWire(string name, string farName, string address, string addressIpv6)
    {
        using LinkEditor near = LinkEditor.Inside(Place);
        using LinkEditor far = LinkEditor.Inside(_far);
        near.AddVethPair(name, farName, Place, _far);
        near.SetUp(name);
        far.SetUp(farName);
        near.AddAddress(name, Prefix(address));
        near.AddAddress(name, Prefix(addressIpv6));
        Wire.WaitUntilUp(Place, name);
        Wire.WaitUntilUp(_far, farName);
    }

    private static void SetIpv6Off() =>
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");

    /// <summary>Nobody else has an address, and nobody tells one which to take.</summary>
    private static void StayQuiet()
    {
        foreach (string name in (string[])["accept_dad", "accept_ra", "autoconf"])
        {
            File.WriteAllText($"/proc/sys/net/ipv6/conf/default/{name}", "0");
        }
    }
}
