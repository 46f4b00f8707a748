using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Threading;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;
using Steelyard.Linux.Processes;

namespace Steelyard.Bench;

/// <summary>What stands between left and right.</summary>
internal enum Hop
{
    /// <summary>A wire.</summary>
    None,

    /// <summary>The kernel's own forwarding.</summary>
    Kernel,

    /// <summary>A thread that carries frames from port to port.</summary>
    Ports,

    /// <summary>The engine: a service by address translation.</summary>
    Engine,
}

/// <summary>Left, box and right in a row. Both ends have a port of the bench's own.</summary>
internal sealed class PortsRow : IDisposable
{
    internal static readonly IpAddress RightAddress = IpAddress.Parse("10.9.0.2");
    private static readonly IpAddress LeftAddress = IpAddress.Parse("10.9.0.1");

    private const int FramesAtOnce = 64;
    private const ushort TargetPort = 0x1001;
    private static readonly IpAddress Target = IpAddress.Parse("10.9.1.2");

    /// <summary>A unicast address of nobody: no stack answers it.</summary>
    private static readonly MacAddress Station = MacAddress.VirtualRouterIpv4(51);
    private static readonly MacAddress BoxStation = new(0x0200_0000_0C01);

    private readonly NetworkNamespace _box = NetworkNamespace.Create();
    private readonly PortPoller _poller;
    private readonly AfPacketPort[] _ports = [];
    private readonly ControlSocket[] _controls = [];
    private readonly Thread? _thread;
    private readonly EngineHop? _engine;
    private uint _flow;
    private volatile bool _isStopping;

    internal PortsRow(Hop hop, AfPacketOptions options, TimeSpan busyPoll)
    {
        _poller = new(busyPoll);
        foreach (NetworkNamespace place in new[] { Left, Right, _box })
        {
            place.Run(() => File.WriteAllText(
                "/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
        }

        using LinkEditor left = LinkEditor.Inside(Left);
        using LinkEditor right = LinkEditor.Inside(Right);
        using LinkEditor box = LinkEditor.Inside(_box);
        if (hop == Hop.None)
        {
            left.AddVethPair("left0", "right0", Left, Right);
        }
        else
        {
            left.AddVethPair("left0", "box0", Left, _box);
            right.AddVethPair("right0", "box1", Right, _box);
            box.SetUp("box0");
            box.SetUp("box1");
        }

        left.SetUp("left0");
        right.SetUp("right0");
        left.AddAddress("left0", new(LeftAddress, 24));
        right.AddAddress("right0", new(RightAddress, 24));
        LeftEnd = Open(Left, "left0", new());
        RightEnd = Open(Right, "right0", new() { RingBytes = 32 << 20 });
        RightEnd.AcceptStation(Station, accepts: true);
        MacAddress to = hop == Hop.Kernel ? BoxStation : Station;
        Frames = [.. Enumerable.Range(0, FramesAtOnce).Select(_ => MakeFrame(to))];
        if (hop == Hop.Kernel)
        {
            box.SetHardwareAddress("box0", BoxStation);
            box.AddAddress("box1", new(IpAddress.Parse("10.9.1.1"), 24));
            box.SetNeighbour("box1", Target, Station);
            _box.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
            _box.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0"));
        }
        else if (hop == Hop.Engine)
        {
            _ports = [Open(_box, "box0", options), Open(_box, "box1", options)];
            _engine = new(_ports[0], _ports[1], new(Target, TargetPort), Station, RightAddress);
        }
        else if (hop == Hop.Ports)
        {
            _ports = [Open(_box, "box0", options), Open(_box, "box1", options)];
            _controls = _box.Run(() => new ControlSocket[] { new("box0"), new("box1") });
            _thread = new(Carry) { IsBackground = true };
            _thread.Start();
        }
    }

    internal NetworkNamespace Left { get; } = NetworkNamespace.Create();

    internal NetworkNamespace Right { get; } = NetworkNamespace.Create();

    internal AfPacketPort LeftEnd { get; }

    internal AfPacketPort RightEnd { get; }

    /// <summary>Connections that the engine has made.</summary>
    internal long Connections => _engine?.Connections ?? 0;

    /// <summary>Small UDP datagrams, in pinned frames that reach the right end.</summary>
    internal byte[][] Frames { get; }

    /// <summary>Gives a frame another sender, the next of so many.</summary>
    internal void Renew(byte[] frame, uint flows)
    {
        _flow = (_flow + 1) % flows;
        Span<byte> packet = frame.AsSpan(EthernetFrame.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(packet[14..], (ushort)(2 + (_flow >> 14)));
        BinaryPrimitives.WriteUInt16BigEndian(packet[20..], (ushort)(4096 + (_flow & 0x3FFF)));
        packet[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[10..], InternetChecksum.Finish(InternetChecksum.Sum(packet[..20])));
    }

    public void Dispose()
    {
        _isStopping = true;
        _poller.Wake();
        _thread?.Join();
        _engine?.Dispose();
        _poller.Dispose();
        foreach (IDisposable one in _ports.Concat<IDisposable>(_controls))
        {
            one.Dispose();
        }

        LeftEnd.Dispose();
        RightEnd.Dispose();
        Left.Dispose();
        Right.Dispose();
        _box.Dispose();
    }

    /// <summary>
    /// Ethernet, IPv4 with its header checksum, UDP with some checksum; 60 octets.
    /// </summary>
    private static byte[] MakeFrame(MacAddress destination)
    {
        byte[] frame = GC.AllocateArray<byte>(60, pinned: true);
        destination.Write(frame);
        frame[6] = 2;
        byte[] packet =
        [
            0x08, 0x00,
            0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 9, 1, 2,
            0x10, 0x00, 0x10, 0x01, 0, 26, 0x12, 0x34,
        ];
        packet.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.AsSpan(24), InternetChecksum.Finish(InternetChecksum.Sum(frame.AsSpan(14, 20))));
        return frame;
    }

    private static AfPacketPort Open(NetworkNamespace place, string name, AfPacketOptions options)
    {
        using LinkMonitor monitor = place.Run(() => new LinkMonitor());
        while (!monitor.Read().Interfaces.Any(one => one.Name == name && one.IsUp))
        {
            Thread.Sleep(10);
        }

        return place.Run(() => new AfPacketPort(name, options));
    }

    private void Carry()
    {
        _ = ThreadTuning.TrySetRealTime(10);
        foreach (IPollSource source in _ports.Concat<IPollSource>(_controls))
        {
            _poller.Add(source);
        }

        byte[] buffer = new byte[2048];
        while (!_isStopping)
        {
            int moved = Carry(_ports[0], _ports[1]) + Carry(_ports[1], _ports[0]);
            if (moved > 0)
            {
                continue;
            }

            for (int side = 0; side < 2; side++)
            {
                while (_controls[side].TryReceive(buffer, out int length, out Instant _))
                {
                    _ = _controls[1 - side].Send(buffer.AsSpan(0, length));
                    moved++;
                }
            }

            if (moved == 0)
            {
                _ = _poller.Wait(Instant.Never);
            }
        }
    }

    private static int Carry(AfPacketPort from, AfPacketPort to)
    {
        int count = from.Receive();
        for (int index = 0; index < count; index++)
        {
            to.Transmit(from.Frame(index), from.Offload(index));
        }

        to.Flush();
        from.Release();
        return count;
    }
}
