using System;
using System.Collections.Generic;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>Frames between two ports on the ends of a veth wire.</summary>
public sealed class AfPacketPortTests
{
    /// <summary>An EtherType for experiments (IEEE 802), which no stack answers.</summary>
    private const ushort Experimental = 0x88B5;

    private static readonly MacAddress Virtual = MacAddress.VirtualRouterIpv4(51);

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame)]
    [InlineData(ReceiveRing.Blocks)]
    public void A_frame_comes_out_as_it_went_in(ReceiveRing ring)
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear(new() { Ring = ring, AcceptsAllStations = true });
        using AfPacketPort far = wire.OpenFar(new() { Ring = ring, AcceptsAllStations = true });
        List<byte[]> sent = [];
        for (int length = 60; length <= 1514; length += 13)
        {
            sent.Add(Wire.FrameOf(
                Wire.FarAddress, Wire.NearAddress, Experimental, length, (byte)length));
        }

        foreach (byte[] frame in sent)
        {
            near.Transmit(frame, default);
        }

        near.Flush();
        List<(byte[] Bytes, FrameOffload Offload)> got =
            Wire.Collect(far, sent.Count, Wire.Patience);

        Assert.Equal(sent.Count, got.Count);
        for (int index = 0; index < sent.Count; index++)
        {
            Assert.Equal(sent[index], got[index].Bytes);
            Assert.Equal(default, got[index].Offload with { Checksum = default });
        }

        Assert.Equal(sent.Count, near.Counters.TransmittedPackets);
        Assert.Equal(sent.Count, far.Counters.ReceivedPackets);
        Assert.Equal(near.Counters.TransmittedBytes, far.Counters.ReceivedBytes);
        Assert.Equal(0, near.Counters.TransmitRefused);
    }

    /// <summary>
    /// The kernel's own sockets, a control socket and a second port send as well.
    /// </summary>
    [RootFact]
    public void What_leaves_the_interface_is_not_received()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort second = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar();
        byte[] frame = Wire.FrameOf(Wire.NearAddress, Wire.NearAddress, Experimental, 64);

        Wire.Send(near, frame);

        Assert.Single(Wire.Collect(far, 1, Wire.Patience));
        Assert.Empty(Wire.Collect(near, 1, Wire.Quiet));
        Assert.Empty(Wire.Collect(second, 1, Wire.Quiet));
    }

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame)]
    [InlineData(ReceiveRing.Blocks)]
    public void A_vlan_tag_is_kept(ReceiveRing ring)
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new() { Ring = ring, AcceptsAllStations = true });
        byte[] frame = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 100);
        FrameOffload tagged = new(VlanTag: 0x6123, HasVlanTag: true);

        Wire.Send(near, frame, tagged);
        List<(byte[] Bytes, FrameOffload Offload)> got = Wire.Collect(far, 1, Wire.Patience);

        (byte[] bytes, FrameOffload offload) = Assert.Single(got);
        Assert.Equal(frame, bytes);
        Assert.Equal(tagged, offload with { Checksum = default });
    }

    [RootFact]
    public void Only_accepted_stations_are_received()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new());
        byte[] toVirtual = Wire.FrameOf(Virtual, Wire.NearAddress, Experimental, 64, 1);
        byte[] toOwn = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 64, 2);
        byte[] toAll = Wire.FrameOf(MacAddress.Broadcast, Wire.NearAddress, Experimental, 64, 3);

        Wire.Send(near, toVirtual);
        Assert.Empty(Wire.Collect(far, 1, Wire.Quiet));
        far.AcceptStation(Virtual, accepts: true);
        Wire.Send(near, toOwn);
        Wire.Send(near, toAll);
        Wire.Send(near, toVirtual);
        List<(byte[] Bytes, FrameOffload Offload)> accepted =
            Wire.Collect(far, 1, Wire.Patience);
        List<(byte[] Bytes, FrameOffload Offload)> more = Wire.Collect(far, 1, Wire.Quiet);
        far.AcceptStation(Virtual, accepts: false);
        Wire.Send(near, toVirtual);

        Assert.Equal(toVirtual, Assert.Single(accepted).Bytes);
        Assert.Empty(more);
        Assert.Empty(Wire.Collect(far, 1, Wire.Quiet));
    }

    [RootFact]
    public void As_many_stations_as_promised_fit_the_filter()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new());
        for (byte router = 1; router <= AfPacketPort.MaximumStations; router++)
        {
            far.AcceptStation(MacAddress.VirtualRouterIpv4(router), accepts: true);
        }

        for (byte router = 1; router <= AfPacketPort.MaximumStations + 1; router++)
        {
            MacAddress station = MacAddress.VirtualRouterIpv4(router);
            Wire.Send(near, Wire.FrameOf(station, Wire.NearAddress, Experimental, 64));
        }

        Assert.Equal(
            AfPacketPort.MaximumStations,
            Wire.Collect(far, AfPacketPort.MaximumStations + 1, Wire.Quiet).Count);
    }

    [RootFact]
    public void A_lost_link_that_returns_is_used_again()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar();
        byte[] frame = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 64);

        wire.NearEditor.SetUp(Wire.NearName, isUp: false);
        Wire.Send(near, frame);
        Assert.Empty(Wire.Collect(far, 1, Wire.Quiet));
        Assert.Equal(1, near.Counters.TransmitRefused);
        wire.NearEditor.SetUp(Wire.NearName);
        Assert.True(ArrivesAtLast(near, far, frame));
        wire.FarEditor.SetUp(Wire.FarName, isUp: false);
        Assert.Empty(Wire.Collect(far, 1, Wire.Quiet));
        wire.FarEditor.SetUp(Wire.FarName);

        Assert.True(ArrivesAtLast(near, far, frame));
        Assert.False(near.IsGone);
        Assert.False(far.IsGone);
    }

    [RootFact]
    public void A_removed_interface_is_known_as_gone()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        Assert.Empty(Wire.Collect(near, 1, Wire.Quiet));
        Assert.False(near.IsGone);

        wire.FarEditor.Delete(Wire.FarName);
        _ = Wire.Collect(near, 1, Wire.Quiet);

        Assert.True(near.IsGone);
    }

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame)]
    [InlineData(ReceiveRing.Blocks)]
    public void Every_frame_is_received_or_counted_as_overrun(ReceiveRing ring)
    {
        const int Frames = 20_000;
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new()
        {
            Ring = ring,
            RingBytes = 1 << 20,
            AcceptsAllStations = true,
        });
        byte[] frame = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 200);

        for (int count = 0; count < Frames; count++)
        {
            near.Transmit(frame, default);
        }

        near.Flush();
        int received = Wire.Collect(far, Frames, Wire.Quiet).Count;

        // The kernel says so with a frame that comes after the loss.
        Wire.Send(near, frame);
        received += Wire.Collect(far, 1, Wire.Patience).Count;
        Assert.True(received < Frames, "the ring is too small for all");
        Assert.Equal(
            near.Counters.TransmittedPackets,
            received + far.Counters.ReceiveOverruns);
        Assert.Equal(Frames + 1, near.Counters.TransmittedPackets);
    }

    [RootFact]
    public void What_the_interface_refuses_is_counted_and_the_rest_is_sent()
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar();
        byte[] good = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 64);
        byte[] tooLong = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 3000);
        byte[] tooShort = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 14);
        FrameOffload nonsense = new(
            ChecksumState.Unfinished, 60_000, 16, SegmentationKind.TcpIpv4, false, 1, 54);

        near.Transmit(good, default);
        near.Transmit(tooLong, default);
        near.Transmit(good, nonsense);
        near.Transmit(tooShort.AsSpan(0, 10), default);
        near.Transmit(good, default);
        near.Flush();

        Assert.Equal(2, Wire.Collect(far, 3, Wire.Quiet).Count);
        Assert.Equal(3, near.Counters.TransmitRefused);
        Assert.Equal(2, near.Counters.TransmittedPackets);
    }

    [RootFact]
    public void The_port_knows_its_interface()
    {
        using Wire wire = new();
        wire.NearEditor.SetMaximumTransmissionUnit(Wire.NearName, 1400);

        using AfPacketPort near = wire.OpenNear();

        Assert.Equal(Wire.NearName, near.Name);
        Assert.Equal(Wire.NearAddress, near.HardwareAddress);
        Assert.Equal(1400, near.MaximumTransmissionUnit);
        Assert.True(near.InterfaceIndex > 0);
    }

    [RootTheory]
    [InlineData("absent0")]
    [InlineData("a-name-too-long-for-the-kernel")]
    public void A_missing_interface_is_named(string name)
    {
        using Wire wire = new();

        KernelException failure = Assert.Throws<KernelException>(
            () => wire.Near.Run(() => new AfPacketPort(name)));

        Assert.True(failure.IsMissingInterface);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void An_interface_without_ethernet_is_refused()
    {
        using Wire wire = new();

        KernelException failure = Assert.Throws<KernelException>(
            () => wire.Near.Run(() => new ControlSocket("lo")));

        Assert.Contains("lo is not an Ethernet", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void Stations_of_a_port_that_ended_or_lost_its_interface_are_no_fault()
    {
        using Wire wire = new();
        AfPacketPort near = wire.OpenNear(new());
        using AfPacketPort far = wire.OpenFar(new());

        wire.FarEditor.Delete(Wire.FarName);
        far.AcceptStation(Virtual, accepts: true);
        far.AcceptStation(Virtual, accepts: false);
        near.Dispose();
        near.AcceptStation(Virtual, accepts: true);
        far.ReadLink();

        Assert.Equal(Wire.FarAddress, far.HardwareAddress);
        Assert.False(near.HasInput);
    }

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame)]
    [InlineData(ReceiveRing.Blocks)]
    public void A_turn_allocates_nothing(ReceiveRing ring)
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new() { Ring = ring, AcceptsAllStations = true });
        using PortPoller poller = new();
        poller.Add(far);
        byte[] frame = Wire.FrameOf(Wire.FarAddress, Wire.NearAddress, Experimental, 64);
        FrameOffload tagged = new(VlanTag: 5, HasVlanTag: true);
        long received = 0;
        long allocated = 0;
        for (int turn = 0; turn < 200; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            near.Transmit(frame, tagged);
            near.Flush();
            _ = poller.Wait(MonotonicClock.Now + Wire.Patience);
            int count = far.Receive();
            for (int index = 0; index < count; index++)
            {
                received += far.Offload(index).VlanTag == 5 ? far.Frame(index).Length : 0;
            }

            far.Release();

            // The first turns compile code.
            allocated += turn < 100 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        poller.Remove(far);
        Assert.Equal(200 * frame.Length, received);
        Assert.Equal(0, allocated);
    }

    /// <summary>The kernel puts a link that came up to use a little later.</summary>
    private static bool ArrivesAtLast(AfPacketPort from, AfPacketPort to, byte[] frame)
    {
        Instant end = MonotonicClock.Now + Wire.Patience;
        while (MonotonicClock.Now < end)
        {
            Wire.Send(from, frame);
            if (Wire.Collect(to, 1, TimeSpan.FromMilliseconds(50)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
