using System;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>
/// Takes a frame that a memory port sent; the octets are valid during the call alone.
/// </summary>
public delegate void FrameTaker(ReadOnlySpan<byte> frame, in FrameOffload offload);

/// <summary>
/// A network interface without a network: frames are put in by <see cref="Deliver"/>, and what is
/// sent goes to <see cref="Taker"/> at the flush. It allocates nothing after its construction.
/// </summary>
public sealed class MemoryPort : IPacketPort
{
    private readonly byte[] _received;
    private readonly int[] _receivedLengths;
    private readonly FrameOffload[] _receivedOffloads;
    private readonly byte[] _sent;
    private readonly int[] _sentLengths;
    private readonly FrameOffload[] _sentOffloads;
    private readonly int _slots;
    private readonly int _slotLength;
    private int _delivered;
    private int _batch;
    private int _queued;

    /// <param name="slots">Frames that fit into each of the two rings.</param>
    /// <param name="slotLength">
    /// Octets of the largest frame; a super-frame has up to 65,549.
    /// </param>
    public MemoryPort(
        string name,
        int interfaceIndex,
        MacAddress hardwareAddress,
        int slots = 32,
        int slotLength = 2048)
    {
        Name = name;
        InterfaceIndex = interfaceIndex;
        HardwareAddress = hardwareAddress;
        _slots = slots;
        _slotLength = slotLength;
        _received = new byte[slots * slotLength];
        _receivedLengths = new int[slots];
        _receivedOffloads = new FrameOffload[slots];
        _sent = new byte[slots * slotLength];
        _sentLengths = new int[slots];
        _sentOffloads = new FrameOffload[slots];
    }

    public string Name { get; }

    public int InterfaceIndex { get; }

    public MacAddress HardwareAddress { get; }

    public int MaximumTransmissionUnit { get; set; } = 1500;

    public PortCounters Counters { get; } = new();

    /// <summary>Gets what is sent; without one it is counted and forgotten.</summary>
    public FrameTaker? Taker { get; set; }

    /// <summary>Frames that wait to be received, or are in the engine's hands.</summary>
    public int Delivered => _delivered;

    /// <summary>Puts a frame in; false when the ring is full or the frame too large.</summary>
    public bool Deliver(ReadOnlySpan<byte> frame, in FrameOffload offload = default)
    {
        if (_delivered == _slots || frame.Length > _slotLength)
        {
            Counters.ReceiveOverruns++;
            return false;
        }

        frame.CopyTo(_received.AsSpan(_delivered * _slotLength));
        _receivedLengths[_delivered] = frame.Length;
        _receivedOffloads[_delivered] = offload;
        _delivered++;
        return true;
    }

    public int Receive()
    {
        _batch = _delivered;
        for (int index = 0; index < _batch; index++)
        {
            Counters.ReceivedBytes += _receivedLengths[index];
        }

        Counters.ReceivedPackets += _batch;
        return _batch;
    }

    public Span<byte> Frame(int index) =>
        _received.AsSpan(index * _slotLength, _receivedLengths[index]);

    public FrameOffload Offload(int index) => _receivedOffloads[index];

    public void Release()
    {
        int left = _delivered - _batch;
        for (int index = 0; index < left; index++)
        {
            int from = _batch + index;
            _received.AsSpan(from * _slotLength, _receivedLengths[from])
                .CopyTo(_received.AsSpan(index * _slotLength));
            _receivedLengths[index] = _receivedLengths[from];
            _receivedOffloads[index] = _receivedOffloads[from];
        }

        _delivered = left;
        _batch = 0;
    }

    public void Transmit(ReadOnlySpan<byte> frame, in FrameOffload offload)
    {
        if (Taker is null)
        {
            Counters.TransmittedPackets++;
            Counters.TransmittedBytes += frame.Length;
            return;
        }

        if (frame.Length > _slotLength)
        {
            Counters.TransmitRefused++;
            return;
        }

        if (_queued == _slots)
        {
            Flush();
        }

        frame.CopyTo(_sent.AsSpan(_queued * _slotLength));
        _sentLengths[_queued] = frame.Length;
        _sentOffloads[_queued] = offload;
        _queued++;
    }

    public void Flush()
    {
        for (int index = 0; index < _queued; index++)
        {
            ReadOnlySpan<byte> frame =
                _sent.AsSpan(index * _slotLength, _sentLengths[index]);
            Counters.TransmittedPackets++;
            Counters.TransmittedBytes += frame.Length;
            Taker?.Invoke(frame, _sentOffloads[index]);
        }

        _queued = 0;
    }
}
