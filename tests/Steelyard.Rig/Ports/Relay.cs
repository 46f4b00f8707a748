using System;
using System.IO;
using System.Threading;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>
/// Three namespaces in a row — left, box, right — and in the box a thread that carries every frame
/// from the one wire to the other: data by two ports, ARP by two control sockets.
/// </summary>
internal sealed class Relay : IDisposable
{
    internal const string LeftName = "left0";
    internal const string RightName = "right0";
    internal static readonly IpAddress LeftAddress = IpAddress.Parse("10.9.0.1");
    internal static readonly IpAddress RightAddress = IpAddress.Parse("10.9.0.2");
    private readonly NetworkNamespace _box = NetworkNamespace.Create();
    private readonly PortPoller _poller = new();
    private readonly AfPacketPort[] _ports;
    private readonly ControlSocket[] _controls;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    internal Relay(AfPacketOptions options)
    {
        Left = NetworkNamespace.Create();
        Right = NetworkNamespace.Create();
        AddWire(Left, LeftName, "box-left", new(LeftAddress, 24));
        AddWire(Right, RightName, "box-right", new(RightAddress, 24));
        _ports = _box.Run(() => new AfPacketPort[]
        {
            new("box-left", options), new("box-right", options),
        });
        _controls = _box.Run(() => new ControlSocket[]
        {
            new("box-left"), new("box-right"),
        });
        foreach (AfPacketPort port in _ports)
        {
            _poller.Add(port);
        }

        foreach (ControlSocket control in _controls)
        {
            _poller.Add(control);
        }

        _thread = new(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    internal NetworkNamespace Left { get; }

    internal NetworkNamespace Right { get; }

    internal PortCounters LeftCounters => _ports[0].Counters;

    internal PortCounters RightCounters => _ports[1].Counters;

    /// <summary>The longest frame carried, in bytes.</summary>
    internal int LongestFrame { get; private set; }

    /// <summary>Frames whose checksum their sender left to its device.</summary>
    internal long UnfinishedChecksums { get; private set; }

    public void Dispose()
    {
        _isStopping = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
        foreach (AfPacketPort port in _ports)
        {
            port.Dispose();
        }

        foreach (ControlSocket control in _controls)
        {
            control.Dispose();
        }

        Left.Dispose();
        Right.Dispose();
        _box.Dispose();
    }

    private void AddWire(NetworkNamespace end, string endName, string boxName, IpPrefix address)
    {
        end.Run(DisableIpv6);
        _box.Run(DisableIpv6);
        using LinkEditor endEditor = LinkEditor.Inside(end);
        using LinkEditor boxEditor = LinkEditor.Inside(_box);
        endEditor.AddVethPair(endName, boxName, end, _box);
        endEditor.SetUp(endName);
        boxEditor.SetUp(boxName);
        endEditor.AddAddress(endName, address);
        Wire.WaitUntilUp(end, endName);
        Wire.WaitUntilUp(_box, boxName);
    }

    private static void DisableIpv6() =>
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");

    private void Run()
    {
        byte[] buffer = new byte[2048];
        while (!_isStopping)
        {
            int moved = 0;
            for (int side = 0; side < 2; side++)
            {
                moved += Carry(_ports[side], _ports[1 - side]);
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

    private int Carry(AfPacketPort from, AfPacketPort to)
    {
        int count = from.Receive();
        for (int index = 0; index < count; index++)
        {
            FrameOffload offload = from.Offload(index);
            LongestFrame = Math.Max(LongestFrame, from.Frame(index).Length);
            UnfinishedChecksums += offload.Checksum == ChecksumState.Unfinished ? 1 : 0;
            to.Transmit(from.Frame(index), offload);
        }

        to.Flush();
        from.Release();
        return count;
    }
}
