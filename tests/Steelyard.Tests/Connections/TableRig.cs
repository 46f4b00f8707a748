using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

/// <summary>A service of some servers, and a connection table.</summary>
internal sealed class TableRig
{
    public TableRig(int capacity, int serverCount = 1, ulong seed = 0)
    {
        Table = new(capacity, seed);
        Service = new(
            new(TransportProtocol.Tcp, IpAddress.FromIpv4(0x0A09_0001), 80),
            Schedulers.Create("rr"));
        Servers = new RealServer[serverCount];
        for (int index = 0; index < serverCount; index++)
        {
            ForwardingMethod method = index % 2 == 0
                ? ForwardingMethod.Nat
                : ForwardingMethod.Direct;
            Servers[index] = Service.Add(
                new(new(IpAddress.FromIpv4(0x0A01_000B + (uint)index), 8080), method, 1));
        }
    }

    public ConnectionTable Table { get; }

    public VirtualService Service { get; }

    public RealServer[] Servers { get; }

    public Instant Now { get; private set; } = new(5_000_000_000);

    public Endpoint Virtual => new(Service.Key.Address, Service.Key.Port);

    public static Endpoint Client(int number) =>
        new(
            IpAddress.FromIpv4(0x0A00_0000 + (uint)(number >> 12)),
            (ushort)(1024 + (number & 4095)));

    public FlowKey Flow(int number) => new(TransportProtocol.Tcp, Client(number), Virtual);

    public int Create(int number, int server = 0) =>
        Table.Create(Service, Servers[server], Flow(number), Now);

    public int Find(int number) => Table.Find(
        TransportProtocol.Tcp, Client(number), Virtual, out FlowDirection direction);

    /// <summary>Client's SYN and ACK, as far as the table can tell a handshake.</summary>
    public int Establish(int number, int server = 0)
    {
        int handle = Create(number, server);
        Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, Now);
        Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Acknowledgment, Now);
        return handle;
    }

    /// <summary>A handshake, and something said in each direction after it.</summary>
    public int Converse(int number, int server = 0)
    {
        int handle = Establish(number, server);
        TcpFlags said = TcpFlags.Push | TcpFlags.Acknowledgment;
        Table.OnTcp(handle, FlowDirection.FromClient, said, Now);
        if (Servers[server].Method == ForwardingMethod.Nat)
        {
            Table.OnTcp(handle, FlowDirection.FromServer, said, Now);
        }

        return handle;
    }

    public int Pass(TimeSpan span)
    {
        Now += span;
        return Table.Expire(Now, int.MaxValue);
    }
}
