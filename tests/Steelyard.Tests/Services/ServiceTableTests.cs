using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Services;

public sealed class ServiceTableTests
{
    private static readonly Gen<ServiceKey> Keys = Gen.Select(
        Gen.Bool,
        Gen.UInt[0, 5],
        Gen.UShort[1, 4],
        Gen.UInt[0, 3],
        Gen.Bool,
        (isTcp, address, port, mark, isIpv4) => new ServiceKey(
            isTcp ? TransportProtocol.Tcp : TransportProtocol.Udp,
            isIpv4 ? IpAddress.FromIpv4(address) : new(0xFD00UL << 48, address),
            port,
            mark == 3 ? address + 1 : 0));

    [Fact]
    public void Services_are_found_as_in_a_dictionary()
    {
        Gen.Select(Keys, Gen.Bool).Array[1, 200].Sample(
            steps =>
            {
                ServiceTable table = new(seed: 7);
                Dictionary<ServiceKey, VirtualService> model = [];
                foreach ((ServiceKey key, bool isAdded) in steps)
                {
                    VirtualService service = new(key, Schedulers.Create("rr"));
                    bool isKnown = model.ContainsKey(Normal(key));
                    Assert.Equal(isAdded ? !isKnown : isKnown, isAdded
                        ? table.Add(service)
                        : table.Remove(key));
                    if (!isAdded)
                    {
                        model.Remove(Normal(key));
                    }
                    else
                    {
                        model.TryAdd(Normal(key), service);
                    }

                    Assert.All(steps, step => Assert.Same(
                        model.GetValueOrDefault(Normal(step.Item1)), Find(table, step.Item1)));
                }

                Assert.Equal(model.Count, table.Count);
            },
            iter: 300);
    }

    [Fact]
    public void Services_keep_the_order_in_which_they_were_added()
    {
        ServiceTable table = new();
        VirtualService[] services = [.. Enumerable.Range(1, 40).Select(port => new VirtualService(
            new(TransportProtocol.Tcp, IpAddress.FromIpv4(1), (ushort)port),
            Schedulers.Create("rr")))];
        Assert.All(services, service => Assert.True(table.Add(service)));

        table.Remove(services[7].Key);

        Assert.Equal(
            services.Where(service => service.Key.Port != 8),
            Enumerable.Range(0, table.Count).Select(index => table[index]));
    }

    [Fact]
    public void Ten_thousand_services_are_found_and_removed()
    {
        ServiceTable table = new(seed: 3);
        for (uint number = 0; number < 10_000; number++)
        {
            table.Add(new(Key(number), Schedulers.Create("rr")));
        }

        for (uint number = 0; number < 10_000; number++)
        {
            Assert.Equal(Key(number), table.Find(Key(number))?.Key);
            Assert.True(table.Remove(Key(number)));
            Assert.Null(table.Find(Key(number)));
        }
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        ServiceTable table = new();
        table.Add(new(Key(1), Schedulers.Create("rr")));
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (uint number = 0; number < 1_000; number++)
        {
            _ = table.Find(Key(number));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>
    /// The order of LVS over a plain list: mark, exact, port 21 for what may be FTP's data, port 0.
    /// </summary>
    [Fact]
    public void A_packet_is_matched_in_the_order_of_LVS()
    {
        ushort[] edges = [0, 20, 21, 80, 1023, 1024, 60_000];
        Gen<ushort> ports = Gen.Int[0, edges.Length - 1].Select(index => edges[index]);
        Gen<ServiceKey> keys = Gen.Select(
            Gen.Bool,
            Gen.Bool,
            ports,
            Gen.Frequency((4, Gen.Const(0u)), (1, Gen.UInt[1, 2])),
            (isTcp, isIpv4, port, mark) => new ServiceKey(
                isTcp ? TransportProtocol.Tcp : TransportProtocol.Udp,
                isIpv4 ? IpAddress.FromIpv4(1) : new(0xFD00UL << 48, 1),
                port,
                mark));
        Gen.Select(Gen.Select(keys, Gen.Bool).Array[0, 12], keys.Array[1, 20]).Sample(
            (added, packets) =>
            {
                ServiceTable table = new(seed: 7);
                List<VirtualService> services = [];
                foreach ((ServiceKey key, bool isPersistent) in added)
                {
                    VirtualService service = new(
                        key,
                        Schedulers.Create("rr"),
                        new ServiceSettings
                        {
                            Persistence = isPersistent ? new(TimeSpan.FromSeconds(1)) : null,
                        });
                    if (table.Add(service))
                    {
                        services.Add(service);
                    }
                }

                // Every second one goes again, so that what was counted is counted back.
                for (int index = services.Count - 1; index >= 0; index -= 2)
                {
                    Assert.True(table.Remove(services[index].Key));
                    services.RemoveAt(index);
                }

                Assert.All(packets, packet => Assert.Same(
                    Matched(services, packet),
                    table.Match(packet.Mark, packet.Protocol, packet.Address, packet.Port)));
            },
            iter: 2_000);
    }

    private static VirtualService? Matched(List<VirtualService> services, ServiceKey packet)
    {
        VirtualService? At(ushort port) => services.Find(service =>
            Normal(service.Key) == packet with { Mark = 0, Port = port });
        if (packet.Mark != 0
            && services.Find(s => Normal(s.Key) == Normal(packet)) is { } marked)
        {
            return marked;
        }

        bool mayBeData = packet.Protocol == TransportProtocol.Tcp
            && (packet.Port == 20 || packet.Port >= 1024);
        if (At(packet.Port) is { } exact)
        {
            return exact;
        }

        return mayBeData && At(21) is { } ftp
            ? (ftp.Settings.Persistence is null ? null : ftp)
            : At(0);
    }

    private static ServiceKey Key(uint number) =>
        new(
            TransportProtocol.Tcp,
            IpAddress.FromIpv4(0x0A09_0000 + (number >> 4)),
            (ushort)(number & 15));

    /// <summary>Of a mark's service, only mark and family count.</summary>
    private static ServiceKey Normal(ServiceKey key) => key.Mark == 0
        ? key
        : new(
            TransportProtocol.Unknown,
            key.Address.IsIpv4 ? IpAddress.FromIpv4(0) : default,
            0,
            key.Mark);

    private static VirtualService? Find(ServiceTable table, ServiceKey key) => key.Mark != 0
        ? table.FindMark(key.Mark, key.Address.IsIpv4)
        : table.Find(key.Protocol, key.Address, key.Port);
}
