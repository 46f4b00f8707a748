using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Invariants;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// A network interface by AF_PACKET: works with every driver and every kernel, without loading
/// anything. Belongs to one thread, except <see cref="AcceptStation"/>, which any thread may call.
/// </summary>
public sealed unsafe class AfPacketPort : IPacketPort, IPollSource, IDisposable
{
    /// <summary>Frames of more stations than this would need a longer filter.</summary>
    public const int MaximumStations = 1 + 32; // its own, and those of virtual routers

    /// <summary>The socket's own queue holds super-frames only: 64 full ones.</summary>
    private const int ReceiveBufferBytes = 8 << 20;

    /// <summary>What may lie in the interface's queue before sending is refused.</summary>
    private const int SendBufferBytes = 8 << 20;

    private readonly PacketSocket _socket;
    private readonly IReceiveRing _ring;
    private readonly TransmitQueue _transmit;
    private readonly FrameSlot[] _slots;
    private readonly bool _acceptsAllStations;
    private readonly Lock _stationsLock = new();
    private readonly List<MacAddress> _stations = [];
    private bool _isDisposed;

    public AfPacketPort(string interfaceName, AfPacketOptions? options = null)
    {
        options ??= new();
        _slots = new FrameSlot[options.BatchLength];
        _acceptsAllStations = options.AcceptsAllStations;
        _socket = new(interfaceName);
        try
        {
            _socket.Set(SOL_PACKET, PACKET_VNET_HDR, 1, "ask for offload metadata");
            _socket.Set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "leave out own frames");
            _socket.Set(
                SOL_PACKET, PACKET_QDISC_BYPASS, options.BypassesQueue ? 1 : 0, "pass the queue");
            _socket.SetBuffers(ReceiveBufferBytes, SendBufferBytes);
            AttachFilter();
            _ring = options.Ring == ReceiveRing.Blocks
                ? new BlockRing(_socket, options)
                : new PerFrameRing(_socket, options);
            _transmit = new(_socket, Counters);
            _socket.Bind();
        }
        catch
        {
            _ring?.Dispose();
            _transmit?.Dispose();
            _socket.Dispose();
            throw;
        }
    }

    public string Name => _socket.Name;

    public int InterfaceIndex => _socket.InterfaceIndex;

    public MacAddress HardwareAddress => _socket.HardwareAddress;

    public int MaximumTransmissionUnit => _socket.MaximumTransmissionUnit;

    public PortCounters Counters { get; } = new();

    /// <summary>
    /// The interface was removed or left this namespace. Nothing comes any more: dispose of the
    /// port, and open another when the interface is back.
    /// </summary>
    public bool IsGone => _socket.IsGone;

    /// <summary>Frames wait in the ring; asks no one.</summary>
    public bool HasInput => _ring.HasFrames;

    SafeHandle IPollSource.Descriptor => _socket.Descriptor;

    public int Receive()
    {
        int count = _ring.Receive(_slots, out int lost, out bool isLosing);
        if ((count | lost) == 0)
        {
            return 0;
        }

        long bytes = 0;
        for (int index = 0; index < count; index++)
        {
            bytes += _slots[index].Length;
        }

        Counters.ReceivedPackets += count;
        Counters.ReceivedBytes += bytes;
        Counters.ReceiveOverruns += lost;
        if (isLosing)
        {
            Counters.ReceiveOverruns += TakeDrops();
        }

        return count;
    }

    public Span<byte> Frame(int index) => new(_slots[index].Data, _slots[index].Length);

    public FrameOffload Offload(int index) => _slots[index].Offload;

    public void Release() => _ring.Release();

    public void Transmit(ReadOnlySpan<byte> frame, in FrameOffload offload) =>
        _transmit.Add(frame, offload);

    public void Flush() => _transmit.Flush();

    /// <summary>
    /// Receives frames for this station address as well, or no longer. The interface does not
    /// become promiscuous; and to the kernel's own stack such frames are someone else's, so that
    /// it neither answers nor forwards them. After the port's end it does nothing.
    /// </summary>
    public void AcceptStation(MacAddress address, bool accepts)
    {
        lock (_stationsLock)
        {
            if (_isDisposed || _stations.Contains(address) == accepts)
            {
                return;
            }

            if (accepts)
            {
                Invariant.Holds(
                    _stations.Count < MaximumStations, "a port serves at most 33 stations");
                _socket.SetMembership(address, isMember: true);
                _stations.Add(address);
                AttachFilter();
            }
            else
            {
                _ = _stations.Remove(address);
                AttachFilter();
                _socket.SetMembership(address, isMember: false);
            }
        }
    }

    /// <summary>Reads the interface's address and MTU anew, after a change.</summary>
    public void ReadLink() => _ = _socket.TryReadLink();

    public void OnError() => _socket.TakeError();

    public void Dispose()
    {
        lock (_stationsLock)
        {
            _isDisposed = true;
        }

        _ring.Dispose();
        _transmit.Dispose();
        _socket.Dispose();
    }

    private void AttachFilter() => _socket.Attach(
        _acceptsAllStations
            ? PacketFilters.ForAllData()
            : _stations.Count == 0
                ? PacketFilters.Nothing
                : PacketFilters.ForData(_stations));

    /// <summary>Frames dropped since the last reading; the kernel then starts at zero.</summary>
    private long TakeDrops()
    {
        tpacket_stats_v3 statistics = default;
        uint length = (uint)sizeof(tpacket_stats_v3);
        int result = getsockopt(
            _socket.Descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
        return result == 0 ? statistics.tp_drops : 0;
    }
}
