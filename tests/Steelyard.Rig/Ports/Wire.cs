using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>A wire between two network namespaces: <c>near0</c> here, <c>far0</c> there.</summary>
internal sealed class Wire : IDisposable
{
    internal const string NearName = "near0";
    internal const string FarName = "far0";

    /// <summary>Longer than anything here takes, on the slowest machine.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Long enough for a frame that should not come to have come.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    internal static readonly MacAddress NearAddress = new(0x0200_0000_0A01);
    internal static readonly MacAddress FarAddress = new(0x0200_0000_0B01);

    internal Wire()
    {
        Near = NetworkNamespace.Create();
        Far = NetworkNamespace.Create();
        NearEditor = LinkEditor.Inside(Near);
        FarEditor = LinkEditor.Inside(Far);

        // Without IPv6 the kernel has nothing of its own to say on the wire.
        Near.Run(DisableIpv6);
        Far.Run(DisableIpv6);
        NearEditor.AddVethPair(NearName, FarName, Near, Far);
        NearEditor.SetHardwareAddress(NearName, NearAddress);
        FarEditor.SetHardwareAddress(FarName, FarAddress);
        NearEditor.SetUp(NearName);
        FarEditor.SetUp(FarName);
        WaitUntilUp(Near, NearName);
        WaitUntilUp(Far, FarName);
    }

    internal NetworkNamespace Near { get; }

    internal NetworkNamespace Far { get; }

    internal LinkEditor NearEditor { get; }

    internal LinkEditor FarEditor { get; }

    public void Dispose()
    {
        NearEditor.Dispose();
        FarEditor.Dispose();
        Near.Dispose();
        Far.Dispose();
    }

    internal AfPacketPort OpenNear(AfPacketOptions? options = null) => Near.Run(
        () => new AfPacketPort(NearName, options ?? new() { AcceptsAllStations = true }));

    internal AfPacketPort OpenFar(AfPacketOptions? options = null) => Far.Run(
        () => new AfPacketPort(FarName, options ?? new() { AcceptsAllStations = true }));

    /// <summary>Receives until so many frames came, or the time is over.</summary>
    internal static List<(byte[] Bytes, FrameOffload Offload)> Collect(
        AfPacketPort port, int count, TimeSpan time)
    {
        using PortPoller poller = new();
        poller.Add(port);
        List<(byte[] Bytes, FrameOffload Offload)> frames = [];
        Instant end = MonotonicClock.Now + time;
        while (frames.Count < count && MonotonicClock.Now < end)
        {
            int batch = port.Receive();
            for (int index = 0; index < batch; index++)
            {
                frames.Add((port.Frame(index).ToArray(), port.Offload(index)));
            }

            port.Release();
            if (batch == 0)
            {
                _ = poller.Wait(end);
            }
        }

        poller.Remove(port);
        return frames;
    }

    /// <summary>Sends one frame at once.</summary>
    internal static void Send(AfPacketPort port, byte[] frame, FrameOffload offload = default)
    {
        // Allocated pinned by the callers' FrameOf: the frame lies still until Flush.
        port.Transmit(frame, offload);
        port.Flush();
    }

    /// <summary>An Ethernet frame in pinned memory, its payload counting up from a seed.</summary>
    internal static byte[] FrameOf(
        MacAddress destination, MacAddress source, ushort etherType, int length, byte seed = 0)
    {
        byte[] frame = GC.AllocateArray<byte>(length, pinned: true);
        destination.Write(frame);
        source.Write(frame.AsSpan(6));
        frame[12] = (byte)(etherType >> 8);
        frame[13] = (byte)etherType;
        for (int index = 14; index < length; index++)
        {
            frame[index] = (byte)(index + seed);
        }

        return frame;
    }

    /// <summary>
    /// A link that was just set up swallows frames until the kernel has seen its carrier.
    /// </summary>
    internal static void WaitUntilUp(NetworkNamespace place, string name)
    {
        using LinkMonitor monitor = place.Run(() => new LinkMonitor());
        using PortPoller poller = new();
        poller.Add(monitor);
        Instant end = MonotonicClock.Now + Patience;
        while (!monitor.Read().Interfaces.Any(one => one.Name == name && one.IsUp))
        {
            Assert.True(poller.Wait(end), $"{name} comes up");
            _ = monitor.TakeChanges();
        }

        poller.Remove(monitor);
    }

    private static void DisableIpv6() =>
        System.IO.File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
}
