using System;
using System.Buffers.Binary;
using Steelyard.Core.Chance;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Invariants;
using Steelyard.Core.Routing;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;

namespace Steelyard.Bench;

/// <summary>
/// An engine between two memory ports, with one NAT service of eight servers, and a source of
/// client frames. Making frames is not part of what is measured.
/// </summary>
internal sealed class EngineWorld
{
    public const int BatchSize = 256;

    private const int FrameLength = EthernetFrame.HeaderLength + 40;
    private const int PacketOffset = EthernetFrame.HeaderLength;
    private const uint Vip = 0x0A09_0001;
    private const uint FirstClient = 0x0B00_0000;
    private const int PortsPerClient = 32_768;
    private const uint FirstServer = 0x0A01_000B;
    private const uint Servers = 8;

    private static readonly MacAddress Virtual = MacAddress.VirtualRouterIpv4(51);
    private static readonly MacAddress Router = new(0x02_00_00_00_00_FE);

    private readonly MemoryPort _outside = Port("outside", 1);
    private readonly MemoryPort _inside = Port("inside", 2);
    private readonly byte[] _frame = new byte[FrameLength];

    public EngineWorld(EngineOptions options)
    {
        Engine = new(options);
        IpAddress vip = IpAddress.FromIpv4(Vip);
        VirtualService service =
            new(new(TransportProtocol.Tcp, vip, 80), Schedulers.Create("wlc"));
        Put(new AttachPort(_outside));
        Put(new AttachPort(_inside));
        Put(new HoldAddress(1, vip, Virtual));
        Put(new HoldAddress(2, IpAddress.Parse("10.1.0.254"), Virtual));
        IpAddress gateway = IpAddress.Parse("10.254.0.2");
        Put(new ReplaceRoutes(new RouteTable(
        [
            new(new(IpAddress.FromIpv4(0), 0), gateway, 1, 0),
            new(new(IpAddress.Parse("10.254.0.0"), 30), null, 1, 0),
            new(new(IpAddress.Parse("10.1.0.0"), 24), null, 2, 0),
        ])));
        Put(new NeighbourLearned(1, gateway, Router));
        for (uint number = 0; number < Servers; number++)
        {
            IpAddress address = IpAddress.FromIpv4(FirstServer + number);
            service.Add(new(new(address, 8080), ForwardingMethod.Nat, 1));
            Put(new NeighbourLearned(2, address, new(0x02_00_00_01_00_00 + (ulong)number)));
        }

        Put(new AddService(service));

        // A million flows of few networks are to fill the table to its last place.
        Put(new SetLvsSettings(new LvsSettings { SourceShare = 100 }));
        WriteTemplate();
        Turn();
    }

    public Engine Engine { get; }

    public Instant Now { get; set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    public long Sent =>
        _inside.Counters.TransmittedPackets + _outside.Counters.TransmittedPackets;

    /// <summary>
    /// Makes flows 0 to <paramref name="count"/> and brings them to ESTABLISHED; their servers
    /// speak once, as those of real ones do.
    /// </summary>
    public void Establish(int count)
    {
        foreach (TcpFlags flags in new[] { TcpFlags.Syn, TcpFlags.Acknowledgment })
        {
            for (int flow = 0; flow < count; flow += BatchSize)
            {
                for (int index = flow; index < Math.Min(count, flow + BatchSize); index++)
                {
                    Deliver(index, flags);
                }

                Turn();
            }
        }

        LetServersSpeak(count);
        Invariant.Holds(Engine.Counters.Connections == count, "every flow has its connection");
    }

    /// <summary>A batch of data segments of flows drawn at random.</summary>
    public void DeliverEstablished(SeededChance chance, int flows)
    {
        for (int index = 0; index < BatchSize; index++)
        {
            Deliver(chance.Next(flows), TcpFlags.Acknowledgment);
        }
    }

    public void Deliver(int flow, TcpFlags flags)
    {
        Span<byte> packet = _frame.AsSpan(PacketOffset);
        uint client = FirstClient + (uint)(flow / PortsPerClient);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], client);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[10..], InternetChecksum.Finish(InternetChecksum.Sum(packet[..20])));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[20..], (ushort)(1024 + (flow % PortsPerClient)));
        packet[33] = (byte)flags;
        Invariant.Holds(_outside.Deliver(_frame), "the ring holds a batch");
    }

    /// <summary>
    /// Which server a flow has is the engine's to know: each of them speaks to each client, and
    /// what belongs to no connection is dropped.
    /// </summary>
    private void LetServersSpeak(int count)
    {
        byte[] frame = new byte[FrameLength];
        EthernetFrame.Write(frame, Virtual, Router, EtherType.Ipv4);
        Span<byte> packet = frame.AsSpan(PacketOffset);
        for (int index = 0; index < count * (int)Servers; index++)
        {
            int flow = index / (int)Servers;
            Ipv4Packet.Write(
                packet,
                0,
                1,
                dontFragment: true,
                64,
                IpProtocol.Tcp,
                FirstServer + ((uint)index % Servers),
                FirstClient + (uint)(flow / PortsPerClient));
            TcpSegment.WriteBare(
                packet[20..],
                8080,
                (ushort)(1024 + (flow % PortsPerClient)),
                1,
                1,
                TcpFlags.Acknowledgment,
                0);
            Invariant.Holds(_inside.Deliver(frame), "the ring holds a batch");
            if (index % BatchSize == BatchSize - 1)
            {
                Turn();
            }
        }

        Turn();
    }

    public void Turn()
    {
        Engine.Turn(Now);
        while (Engine.Events.TryTake(out _))
        {
        }
    }

    private static MemoryPort Port(string name, int index) => new(
        name,
        index,
        new(0x02_00_00_00_00_00 + (ulong)index),
        slots: BatchSize,
        slotLength: 192);

    private void Put(IEngineCommand command) =>
        Invariant.Holds(Engine.Commands.TryPut(command), "the commands fit");

    private void WriteTemplate()
    {
        EthernetFrame.Write(_frame, Virtual, Router, EtherType.Ipv4);
        Ipv4Packet.Write(
            _frame.AsSpan(PacketOffset), 0, 1, dontFragment: true, 64, IpProtocol.Tcp, 0, Vip);
        TcpSegment.WriteBare(
            _frame.AsSpan(PacketOffset + 20), 0, 80, 1, 1, TcpFlags.Acknowledgment, 0);
    }
}
