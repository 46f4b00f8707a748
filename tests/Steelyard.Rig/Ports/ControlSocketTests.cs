using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>What control hears, and what it leaves to the data thread.</summary>
public sealed class ControlSocketTests
{
    private const ushort Ipv4 = 0x0800;
    private const ushort Arp = 0x0806;
    private const ushort Ipv6 = 0x86DD;
    private const int Ipv4ProtocolOffset = 23;
    private const int Ipv6NextHeaderOffset = 20;
    private const int Icmpv6TypeOffset = 54;

    /// <summary>The group of VRRP over IPv4, 224.0.0.18. RFC 9568 §5.1.1.2.</summary>
    private static readonly MacAddress VrrpGroup = new(0x0100_5E00_0012);

    [RootFact]
    public void Control_and_data_share_out_the_frames()
    {
        using Wire wire = new();
        using AfPacketPort sender = wire.OpenFar();
        using AfPacketPort data = wire.OpenNear();
        using ControlSocket control = wire.Near.Run(() => new ControlSocket(Wire.NearName));
        control.Accept(VrrpGroup, accepts: true);
        byte[] arp = Frame(MacAddress.Broadcast, Arp);
        byte[] advert = Frame(VrrpGroup, Ipv4, Ipv4ProtocolOffset, 112);
        byte[] tcp = Frame(Wire.NearAddress, Ipv4, Ipv4ProtocolOffset, 6);
        byte[] solicitation = Frame(Wire.NearAddress, Ipv6, Ipv6NextHeaderOffset, 58);
        solicitation[Icmpv6TypeOffset] = 135;
        byte[] echo = Frame(Wire.NearAddress, Ipv6, Ipv6NextHeaderOffset, 58);
        echo[Icmpv6TypeOffset] = 128;

        foreach (byte[] frame in new[] { arp, advert, tcp, solicitation, echo })
        {
            Wire.Send(sender, frame);
        }

        Assert.Equal(arp, Take(control));
        Assert.Equal(advert, Take(control));
        Assert.Equal(solicitation, Take(control));
        Assert.Null(Take(control));
        Assert.Equal([tcp, echo], Wire.Collect(data, 3, Wire.Quiet).ConvertAll(one => one.Bytes));
    }

    /// <summary>Neither end of this wire has IPv6: the kernel refuses, and nobody minds.</summary>
    [RootFact]
    public void A_group_is_joined_and_left_as_often_as_one_likes()
    {
        using Wire wire = new();
        using AfPacketPort sender = wire.OpenFar();
        using ControlSocket control = wire.Near.Run(() => new ControlSocket(Wire.NearName));
        IpAddress group = IpAddress.Parse("ff02::1:ff00:1");
        byte[] solicitation = Frame(
            MacAddress.OfGroup(group), Ipv6, Ipv6NextHeaderOffset, 58);
        solicitation[Icmpv6TypeOffset] = 135;

        wire.Near.Run(() => control.Join(group, joins: true));
        wire.Near.Run(() => control.Join(group, joins: true));
        Wire.Send(sender, solicitation);

        Assert.Equal(solicitation, Take(control));
        wire.Near.Run(() => control.Join(group, joins: false));
        wire.Near.Run(() => control.Join(group, joins: false));
    }

    [RootFact]
    public void A_frame_is_sent_whole_and_its_time_of_arrival_is_known()
    {
        using Wire wire = new();
        using ControlSocket near = wire.Near.Run(() => new ControlSocket(Wire.NearName));
        using ControlSocket far = wire.Far.Run(() => new ControlSocket(Wire.FarName));
        byte[] arp = Frame(MacAddress.Broadcast, Arp);
        byte[] buffer = new byte[2048];
        Instant before = MonotonicClock.Now;

        Assert.True(near.Send(arp));
        Instant sent = MonotonicClock.Now;
        WaitFor(far);
        Assert.True(far.TryReceive(buffer, out int length, out Instant received));

        Assert.Equal(arp, buffer[..length]);

        // A veth wire delivers within the call; both clocks are read a little apart.
        TimeSpan slack = TimeSpan.FromMilliseconds(20);
        Assert.True(received > before - slack && received < sent + slack, $"{received}");
        Assert.False(near.TryReceive(buffer, out _, out _), "own frames are not heard");
    }

    [RootFact]
    public void A_frame_longer_than_the_buffer_is_passed_over()
    {
        using Wire wire = new();
        using ControlSocket near = wire.Near.Run(() => new ControlSocket(Wire.NearName));
        using ControlSocket far = wire.Far.Run(() => new ControlSocket(Wire.FarName));
        byte[] longer = Wire.FrameOf(MacAddress.Broadcast, Wire.FarAddress, Arp, 200);
        byte[] shorter = Frame(MacAddress.Broadcast, Arp);

        Assert.True(near.Send(longer));
        Assert.True(near.Send(shorter));
        WaitFor(far);
        byte[] buffer = new byte[100];
        Assert.True(far.TryReceive(buffer, out int length, out _));

        Assert.Equal(shorter, buffer[..length]);
    }

    [RootFact]
    public void A_lost_link_is_survived()
    {
        using Wire wire = new();
        using ControlSocket near = wire.Near.Run(() => new ControlSocket(Wire.NearName));
        using ControlSocket far = wire.Far.Run(() => new ControlSocket(Wire.FarName));
        byte[] arp = Frame(MacAddress.Broadcast, Arp);

        wire.NearEditor.SetUp(Wire.NearName, isUp: false);
        Assert.False(near.Send(arp));
        wire.NearEditor.SetUp(Wire.NearName);
        bool arrives = false;
        Instant end = MonotonicClock.Now + Wire.Patience;
        while (!arrives && MonotonicClock.Now < end)
        {
            _ = near.Send(arp);
            WaitFor(far, TimeSpan.FromMilliseconds(50));
            arrives = far.TryReceive(new byte[2048], out _, out _);
        }

        Assert.True(arrives);
        Assert.False(near.IsGone);
        wire.FarEditor.Delete(Wire.FarName);
        WaitFor(near, Wire.Quiet);
        Assert.True(near.IsGone);
    }

    private static byte[] Frame(
        MacAddress destination, ushort etherType, int offset = 14, byte value = 0)
    {
        byte[] frame = Wire.FrameOf(destination, Wire.FarAddress, etherType, 64);
        frame[offset] = value;
        return frame;
    }

    private static void WaitFor(ControlSocket socket, TimeSpan? time = null)
    {
        using PortPoller poller = new();
        poller.Add(socket);
        _ = poller.Wait(MonotonicClock.Now + (time ?? Wire.Patience));
    }

    private static byte[]? Take(ControlSocket control)
    {
        byte[] buffer = new byte[2048];
        WaitFor(control, Wire.Quiet);
        return control.TryReceive(buffer, out int length, out _) ? buffer[..length] : null;
    }
}
