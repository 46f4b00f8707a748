using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Wire;
using Steelyard.Linux.Ports;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Tests.Linux;

/// <summary>
/// The filters, run by a small interpreter of classic BPF written from the kernel's
/// networking/filter.rst, over whole frames.
/// </summary>
public sealed class PacketFilterTests
{
    private static readonly MacAddress Own = new(0x0200_0000_0001);
    private static readonly MacAddress Virtual = MacAddress.VirtualRouterIpv4(51);
    private static readonly MacAddress Other = MacAddress.VirtualRouterIpv4(52);
    private static readonly byte[] Tcp4 = Ipv4(6);
    private static readonly byte[] Vrrp4 = Ipv4(112);
    private static readonly byte[] Arp = Frame(0x0806);
    private static readonly byte[] Tcp6 = Ipv6(6, 0);
    private static readonly byte[] Vrrp6 = Ipv6(112, 0);
    private static readonly byte[] Echo6 = Ipv6(58, 128);

    [Fact]
    public void Data_takes_what_is_addressed_to_its_stations()
    {
        sock_filter[] filter = PacketFilters.ForData([Virtual]);

        Assert.True(Passes(filter, To(Virtual, Tcp4)));
        Assert.True(Passes(filter, To(Virtual, Tcp6)));
        Assert.True(Passes(filter, To(Virtual, Echo6)));
        Assert.False(Passes(filter, To(Other, Tcp4)));
        Assert.False(Passes(filter, To(Own, Tcp4)));
        Assert.False(Passes(filter, To(MacAddress.Broadcast, Tcp4)));
    }

    /// <summary>Both halves of the address count: each of these shares one half.</summary>
    [Theory]
    [InlineData(0x0001_5E00_0133)]
    [InlineData(0x0000_5E00_0233)]
    [InlineData(0x0000_5F00_0133)]
    public void Data_compares_the_whole_address(long bits)
    {
        sock_filter[] filter = PacketFilters.ForData([Virtual]);

        Assert.False(Passes(filter, To(new((ulong)bits), Tcp4)));
    }

    [Fact]
    public void Data_takes_every_one_of_many_stations()
    {
        List<MacAddress> stations = Enumerable.Range(1, AfPacketPort.MaximumStations)
            .Select(router => MacAddress.VirtualRouterIpv4((byte)router)).ToList();
        sock_filter[] filter = PacketFilters.ForData(stations);

        Assert.All(stations, station => Assert.True(Passes(filter, To(station, Tcp4))));
        MacAddress other = MacAddress.VirtualRouterIpv4(AfPacketPort.MaximumStations + 1);
        Assert.False(Passes(filter, To(other, Tcp4)));
    }

    [Fact]
    public void Data_leaves_control_its_share_and_control_leaves_the_rest()
    {
        sock_filter[] data = PacketFilters.ForData([Virtual]);
        sock_filter[] all = PacketFilters.ForAllData();
        sock_filter[] control = PacketFilters.ForControl();
        byte[][] controls =
            [Arp, Vrrp4, Vrrp6, .. Enumerable.Range(133, 5).Select(type => Ipv6(58, (byte)type))];
        byte[][] others = [Tcp4, Tcp6, Echo6, Ipv6(58, 132), Ipv6(58, 138), Frame(0x88CC)];

        Assert.All(controls, frame => Assert.False(Passes(data, To(Virtual, frame))));
        Assert.All(controls, frame => Assert.False(Passes(all, To(Virtual, frame))));
        Assert.All(controls, frame => Assert.True(Passes(control, To(Virtual, frame))));
        Assert.All(others, frame => Assert.True(Passes(data, To(Virtual, frame))));
        Assert.All(others, frame => Assert.True(Passes(all, To(Own, frame))));
        Assert.All(others, frame => Assert.False(Passes(control, To(Virtual, frame))));
    }

    [Fact]
    public void A_customer_tag_is_data_and_a_service_tag_is_refused()
    {
        sock_filter[] data = PacketFilters.ForData([Virtual]);

        Assert.True(Passes(data, To(Virtual, Tcp4), tag: 0x8100));
        Assert.False(Passes(data, To(Virtual, Tcp4), tag: 0x88A8));
        Assert.False(Passes(PacketFilters.ForControl(), Arp, tag: 0x8100));
    }

    [Fact]
    public void Nothing_passes_before_a_station_is_accepted()
    {
        Assert.False(Passes(PacketFilters.Nothing, To(Virtual, Tcp4)));
    }

    /// <summary>A load past the frame's end refuses it, as in the kernel.</summary>
    [Theory]
    [InlineData(14)]
    [InlineData(20)]
    public void A_frame_cut_short_is_refused(int length)
    {
        Assert.False(Passes(PacketFilters.ForControl(), Vrrp4[..length]));
        Assert.False(Passes(PacketFilters.ForData([Virtual]), To(Virtual, Tcp4)[..length]));
    }

    private static byte[] Frame(ushort etherType)
    {
        byte[] frame = new byte[64];
        Array.Fill(frame, (byte)0xA5);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
        return frame;
    }

    private static byte[] Ipv4(byte protocol)
    {
        byte[] frame = Frame(0x0800);
        frame[14 + 9] = protocol;
        return frame;
    }

    private static byte[] Ipv6(byte nextHeader, byte icmpType)
    {
        byte[] frame = Frame(0x86DD);
        frame[14 + 6] = nextHeader;
        frame[14 + 40] = icmpType;
        return frame;
    }

    private static byte[] To(MacAddress station, byte[] frame)
    {
        byte[] copy = (byte[])frame.Clone();
        station.Write(copy);
        return copy;
    }

    private static bool Passes(sock_filter[] program, byte[] frame, ushort tag = 0)
    {
        uint value = 0;
        for (int index = 0; ; index++)
        {
            sock_filter instruction = program[index];
            switch (instruction.code)
            {
                case 0x20 or 0x28 or 0x30:
                    if (!TryLoad(frame, instruction, tag, out value))
                    {
                        return false;
                    }

                    break;
                case 0x15:
                    index += value == instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x25:
                    index += value > instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x35:
                    index += value >= instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x06:
                    Assert.True(instruction.k is 0 or > 0xFFFF + 14);
                    return instruction.k != 0;
                default:
                    Assert.Fail($"instruction {instruction.code:x} is not known");
                    break;
            }
        }
    }

    private static bool TryLoad(
        byte[] frame, sock_filter instruction, ushort tag, out uint value)
    {
        switch (instruction.k)
        {
            case 0xFFFF_F000 + 48:
                value = tag != 0 ? 1u : 0u;
                return true;
            case 0xFFFF_F000 + 60:
                value = tag;
                return true;
            default:
                break;
        }

        int size = instruction.code == 0x20 ? 4 : instruction.code == 0x28 ? 2 : 1;
        value = 0;
        if (instruction.k + size > frame.Length)
        {
            return false;
        }

        for (int index = 0; index < size; index++)
        {
            value = (value << 8) | frame[(int)instruction.k + index];
        }

        return true;
    }
}
