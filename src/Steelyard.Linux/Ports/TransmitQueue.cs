using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Steelyard.Core.Forwarding;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Frames on their way out, sent together with sendmmsg. Each message has two parts: a header of
/// ours, and the frame where it lies; nothing is copied before the kernel does.
/// </summary>
internal sealed unsafe class TransmitQueue : IDisposable
{
    /// <summary>As many as a batch that is received: one system call a turn.</summary>
    private const int Capacity = 64;

    private const int AddressesLength = 12;
    private const int EthernetLength = 14;
    private const ushort EtherTypeVlan = 0x8100;

    /// <summary>
    /// A virtio-net header, then both addresses and a VLAN tag where one is put back.
    /// </summary>
    private const int HeaderStride = 32;

    private readonly PacketSocket _socket;
    private readonly PortCounters _counters;
    private readonly mmsghdr* _messages;
    private readonly iovec* _parts;
    private readonly byte* _headers;
    private int _count;
    private bool _isDisposed;

    internal TransmitQueue(PacketSocket packetSocket, PortCounters counters)
    {
        _socket = packetSocket;
        _counters = counters;
        _messages = (mmsghdr*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(mmsghdr));
        _parts = (iovec*)NativeMemory.AllocZeroed(Capacity * 2, (nuint)sizeof(iovec));
        _headers = (byte*)NativeMemory.AllocZeroed(Capacity, HeaderStride);
        for (int index = 0; index < Capacity; index++)
        {
            _messages[index].msg_hdr.msg_iov = _parts + (2 * index);
            _messages[index].msg_hdr.msg_iovlen = 2;
            _parts[2 * index].iov_base = _headers + (HeaderStride * index);
        }
    }

    internal void Add(ReadOnlySpan<byte> frame, in FrameOffload offload)
    {
        if (frame.Length < EthernetLength)
        {
            _counters.TransmitRefused++;
            return;
        }

        if (_count == Capacity)
        {
            Flush();
        }

        // The caller keeps the frame still until Flush: it lies in a ring or is pinned.
        byte* data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(frame));
        iovec* parts = _parts + (2 * _count);
        byte* header = _headers + (HeaderStride * _count);
        VirtioHeader.Write((virtio_net_hdr*)header, offload);
        parts[0].iov_len = VirtioHeader.Length;
        parts[1].iov_base = data;
        parts[1].iov_len = (nuint)frame.Length;
        if (offload.HasVlanTag)
        {
            PutTagBack(parts, header, frame, offload.VlanTag);
        }

        _count++;
    }

    internal void Flush()
    {
        int next = 0;
        while (next < _count)
        {
            int sent = sendmmsg(
                _socket.Descriptor, _messages + next, (uint)(_count - next), MSG_DONTWAIT);
            if (sent > 0)
            {
                Count(next, sent);
                next += sent;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == EINTR)
            {
                continue;
            }

            // No room in the socket, or no interface: that will be so for the rest as well.
            int refused = error is EAGAIN or ENXIO or ENODEV ? _count - next : 1;
            _counters.TransmitRefused += refused;
            next += refused;
        }

        _count = 0;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _count = 0;
            NativeMemory.Free(_messages);
            NativeMemory.Free(_parts);
            NativeMemory.Free(_headers);
        }
    }

    private static void PutTagBack(
        iovec* parts, byte* header, ReadOnlySpan<byte> frame, ushort tag)
    {
        Span<byte> start = new(header + VirtioHeader.Length, HeaderStride - VirtioHeader.Length);
        frame[..AddressesLength].CopyTo(start);
        BinaryPrimitives.WriteUInt16BigEndian(start[AddressesLength..], EtherTypeVlan);
        BinaryPrimitives.WriteUInt16BigEndian(start[(AddressesLength + sizeof(ushort))..], tag);
        parts[0].iov_len = VirtioHeader.Length + AddressesLength + VirtioHeader.TagLength;
        parts[1].iov_base = (byte*)parts[1].iov_base + AddressesLength;
        parts[1].iov_len -= AddressesLength;
    }

    private void Count(int first, int sent)
    {
        long bytes = 0;
        for (int index = first; index < first + sent; index++)
        {
            bytes += _messages[index].msg_len - VirtioHeader.Length;
        }

        _counters.TransmittedPackets += sent;
        _counters.TransmittedBytes += bytes;
    }
}
