using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// TPACKET_V2: one slot a frame, and the kernel wakes the reader with each. A super-frame does not
/// fit a slot; the kernel then also queues it whole (PACKET_COPY_THRESH), and it is read from the
/// queue into a buffer of ours. Queue and slots keep the same order.
/// </summary>
internal sealed unsafe class PerFrameRing : IReceiveRing
{
    /// <summary>Super-frames in one batch; 16 × 64 KiB is more than any cache holds.</summary>
    private const int SuperFrames = 16;

    /// <summary>64 KiB of IP packet, its Ethernet header, and room to spare.</summary>
    private const int SuperFrameBytes = (64 << 10) + 256;

    /// <summary>
    /// Memory comes in blocks of so many bytes: a multiple of every page size in use.
    /// </summary>
    private const int BlockBytes = 64 << 10;

    private const int EthernetAndTagBytes = 18;
    private const int SmallestSlot = 2 << 10;

    /// <summary>Where a frame's Ethernet header starts in its slot: packet(7), tp_mac.</summary>
    private const int FrameOffset =
        ((TPACKET2_HDRLEN + 16 + TPACKET_ALIGNMENT - 1) / TPACKET_ALIGNMENT * TPACKET_ALIGNMENT)
        + VirtioHeader.Length - 14;

    private readonly PacketSocket _socket;
    private readonly byte* _memory;
    private readonly nuint _length;
    private readonly int _slotBytes;
    private readonly int _mask;
    private readonly byte* _superFrames;
    private int _next;
    private int _held;
    private bool _isDisposed;

    internal PerFrameRing(PacketSocket packetSocket, AfPacketOptions options)
    {
        _socket = packetSocket;
        _slotBytes = SlotBytes(packetSocket.MaximumTransmissionUnit, options.SlotBytes);
        int blockBytes = Math.Max(BlockBytes, _slotBytes);
        int blocks = Math.Max(
            1, (int)BitOperations.RoundUpToPowerOf2((uint)(options.RingBytes / blockBytes)));
        int slots = blocks * (blockBytes / _slotBytes);
        _mask = slots - 1;
        _length = (nuint)blocks * (nuint)blockBytes;
        packetSocket.Set(SOL_PACKET, PACKET_VERSION, TPACKET_V2, "choose TPACKET_V2");
        packetSocket.Set(SOL_PACKET, PACKET_COPY_THRESH, 1, "queue super-frames");
        tpacket_req request = new()
        {
            tp_block_size = (uint)blockBytes,
            tp_block_nr = (uint)blocks,
            tp_frame_size = (uint)_slotBytes,
            tp_frame_nr = (uint)slots,
        };
        _memory = RingMemory.Map(packetSocket, &request, (uint)sizeof(tpacket_req), _length);
        _superFrames = (byte*)NativeMemory.AlignedAlloc(
            SuperFrames * SuperFrameBytes, TPACKET_ALIGNMENT);
    }

    public bool HasFrames =>
        !_isDisposed && (Volatile.Read(ref Slot(_next)->tp_status) & TP_STATUS_USER) != 0;

    public int Receive(FrameSlot[] slots, out int lost, out bool isLosing)
    {
        int count = 0;
        int superFrames = 0;
        uint seen = 0;
        lost = 0;

        // The batch also ends when the whole ring is held: the next slot is then our own.
        while (count < slots.Length && _held <= _mask)
        {
            tpacket2_hdr* header = Slot(_next);
            uint status = Volatile.Read(ref header->tp_status);
            if ((status & TP_STATUS_USER) == 0
                || ((status & TP_STATUS_COPY) != 0 && superFrames == SuperFrames))
            {
                break;
            }

            seen |= status;
            _next = (_next + 1) & _mask;
            _held++;
            bool isWhole = true;
            if (header->tp_snaplen == header->tp_len)
            {
                Note(header, status, ref slots[count]);
            }
            else
            {
                byte* buffer = _superFrames + (superFrames * SuperFrameBytes);
                isWhole = (status & TP_STATUS_COPY) != 0
                    && TakeQueued(header, status, buffer, ref slots[count]);
                superFrames += isWhole ? 1 : 0;
            }

            count += isWhole ? 1 : 0;
            lost += isWhole ? 0 : 1;
        }

        isLosing = (seen & TP_STATUS_LOSING) != 0;
        return count;
    }

    public void Release()
    {
        int slot = (_next - _held) & _mask;
        for (; _held > 0; _held--)
        {
            Volatile.Write(ref Slot(slot)->tp_status, TP_STATUS_KERNEL);
            slot = (slot + 1) & _mask;
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ = munmap((nint)_memory, _length);
            NativeMemory.AlignedFree(_superFrames);
        }
    }

    private static int SlotBytes(int maximumTransmissionUnit, int wanted)
    {
        int needed = FrameOffset + EthernetAndTagBytes + maximumTransmissionUnit;
        int bytes = wanted > 0 ? wanted : Math.Clamp(needed, SmallestSlot, BlockBytes);
        return (int)BitOperations.RoundUpToPowerOf2((uint)bytes);
    }

    private static void Note(tpacket2_hdr* header, uint status, ref FrameSlot slot)
    {
        byte* frame = (byte*)header + header->tp_mac;
        int length = unchecked((int)header->tp_snaplen);
        slot.Data = frame;
        slot.Length = length;
        slot.Offload = VirtioHeader.Read(
            (virtio_net_hdr*)(frame - VirtioHeader.Length),
            frame,
            length,
            (status & TP_STATUS_VLAN_VALID) != 0,
            header->tp_vlan_tci);
    }

    /// <summary>Reads the head of the socket's queue, which is this slot's frame.</summary>
    private bool TakeQueued(
        tpacket2_hdr* header, uint status, byte* buffer, ref FrameSlot slot)
    {
        virtio_net_hdr virtio;
        iovec* parts = stackalloc iovec[2];
        parts[0] = new() { iov_base = &virtio, iov_len = VirtioHeader.Length };
        parts[1] = new() { iov_base = buffer, iov_len = SuperFrameBytes };
        msghdr message = new() { msg_iov = parts, msg_iovlen = 2 };
        nint got = recvmsg(_socket.Descriptor, &message, MSG_DONTWAIT);
        if (got < 0 && Marshal.GetLastPInvokeError() != EAGAIN)
        {
            // A pending ENETDOWN is told once, in place of the frame; the frame is still there.
            got = recvmsg(_socket.Descriptor, &message, MSG_DONTWAIT);
        }

        if (got <= VirtioHeader.Length || (message.msg_flags & MSG_TRUNC) != 0)
        {
            return false;
        }

        slot.Data = buffer;
        slot.Length = (int)got - VirtioHeader.Length;
        slot.Offload = VirtioHeader.Read(
            &virtio,
            buffer,
            slot.Length,
            (status & TP_STATUS_VLAN_VALID) != 0,
            header->tp_vlan_tci);
        return true;
    }

    private tpacket2_hdr* Slot(int index) =>
        (tpacket2_hdr*)(_memory + ((nint)index * _slotBytes));
}
