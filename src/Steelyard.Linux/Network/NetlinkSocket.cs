using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Steelyard.Linux.Interop;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>A socket to rtnetlink, or to another part of the kernel.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>The kernel fills up to 32 KiB a message in a dump.</summary>
    private const int BufferBytes = 64 << 10;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private uint _sequence;

    /// <param name="groups">Whose changes to hear of, as RTMGRP bits; 0 to ask only.</param>
    /// <param name="protocol">NETLINK_ROUTE, or another of the kernel's rooms.</param>
    internal NetlinkSocket(uint groups, int protocol = NETLINK_ROUTE)
    {
        int kind = SOCK_RAW | SOCK_CLOEXEC | (groups != 0 ? SOCK_NONBLOCK : 0);
        Descriptor = new(socket(AF_NETLINK, kind, protocol));
        if (Descriptor.IsInvalid)
        {
            throw KernelException.Last("open a netlink socket");
        }

        sockaddr_nl address = new() { nl_family = AF_NETLINK, nl_groups = groups };
        if (bind(Descriptor, &address, (uint)sizeof(sockaddr_nl)) != 0)
        {
            KernelException failure = KernelException.Last("listen to netlink");
            Descriptor.Dispose();
            throw failure;
        }
    }

    internal FileDescriptor Descriptor { get; }

    public void Dispose() => Descriptor.Dispose();

    /// <summary>
    /// Takes all that has been told, and says whether there was anything. What was lost for want
    /// of room (ENOBUFS) was something as well.
    /// </summary>
    internal bool Drain()
    {
        bool hasAny = false;
        while (true)
        {
            if (Receive() >= 0)
            {
                hasAny = true;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is not (ENOBUFS or EINTR))
            {
                return hasAny;
            }

            hasAny |= error == ENOBUFS;
        }
    }

    /// <summary>
    /// Asks for all objects of a kind, and gives each to the reader. False when they changed
    /// meanwhile, so that the answer may not fit together.
    /// </summary>
    internal bool TryDump<THeader>(ushort type, THeader header, NetlinkReader reader)
        where THeader : unmanaged
    {
        Ask(type, header);
        bool isConsistent = true;
        while (true)
        {
            int length = Receive();
            if (length < 0)
            {
                if (Marshal.GetLastPInvokeError() == EINTR)
                {
                    continue;
                }

                throw KernelException.Last("read from netlink");
            }

            if (TakeAll(_buffer.AsSpan(0, length), reader, ref isConsistent))
            {
                return isConsistent;
            }
        }
    }

    /// <summary>Asks for a change, and waits for the kernel's yes.</summary>
    internal void Change(NetlinkRequest request, string what)
    {
        ReadOnlySpan<byte> answer = Exchange(request, what);
        int error = -MemoryMarshal.Read<int>(answer[sizeof(nlmsghdr)..]);
        if (error != 0)
        {
            throw new KernelException(what, error);
        }
    }

    /// <summary>
    /// Asks for changes that happen all or none, between the two edges of a batch. After a refusal
    /// more answers may lie in the socket: it is of no use any more.
    /// </summary>
    internal void ChangeAll(IReadOnlyList<NetlinkRequest> batch, string what)
    {
        ArrayBufferWriter<byte> octets = new();
        for (int index = 0; index < batch.Count; index++)
        {
            // Only the last change is acknowledged: when it is done, all are.
            octets.Write(batch[index].Finish(acknowledges: index == batch.Count - 2));
        }

        fixed (byte* start = octets.WrittenSpan)
        {
            if (send(Descriptor, start, (nuint)octets.WrittenCount, 0) != octets.WrittenCount)
            {
                throw KernelException.Last(what);
            }
        }

        int length = Receive();
        if (length < sizeof(nlmsghdr) + sizeof(int))
        {
            throw KernelException.Last(what);
        }

        int error = -MemoryMarshal.Read<int>(_buffer.AsSpan(sizeof(nlmsghdr)));
        if (error != 0)
        {
            throw new KernelException(what, error);
        }
    }

    /// <summary>The index of an interface of this socket's namespace.</summary>
    internal int FindLink(string name)
    {
        NetlinkRequest request = new NetlinkRequest(RTM_GETLINK, 0)
            .Add(default(ifinfomsg))
            .Add(IFLA_IFNAME, name);
        ReadOnlySpan<byte> answer = Exchange(request, $"find interface {name}");
        ReadOnlySpan<byte> body = answer[sizeof(nlmsghdr)..];
        if (MemoryMarshal.Read<nlmsghdr>(answer).nlmsg_type == NLMSG_ERROR)
        {
            throw new KernelException($"find interface {name}", -MemoryMarshal.Read<int>(body));
        }

        int index = MemoryMarshal.Read<ifinfomsg>(body).ifi_index;
        _ = Receive(); // The acknowledgement that follows the answer.
        return index;
    }

    /// <summary>Sends a request, and reads the first answer to it.</summary>
    private ReadOnlySpan<byte> Exchange(NetlinkRequest request, string what)
    {
        Span<byte> message = request.Finish();
        fixed (byte* start = message)
        {
            if (send(Descriptor, start, (nuint)message.Length, 0) != message.Length)
            {
                throw KernelException.Last(what);
            }
        }

        int length = Receive();
        return length < sizeof(nlmsghdr) + sizeof(int)
            ? throw KernelException.Last(what)
            : _buffer.AsSpan(0, length);
    }

    private void Ask<THeader>(ushort type, THeader header)
        where THeader : unmanaged
    {
        _sequence = unchecked(_sequence + 1);
        int length = sizeof(nlmsghdr) + sizeof(THeader);
        byte* request = stackalloc byte[length];
        *(nlmsghdr*)request = new()
        {
            nlmsg_len = (uint)length,
            nlmsg_type = type,
            nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
            nlmsg_seq = _sequence,
        };
        Unsafe.WriteUnaligned(request + sizeof(nlmsghdr), header);
        if (send(Descriptor, request, (nuint)length, 0) != length)
        {
            throw KernelException.Last("ask netlink");
        }
    }

    /// <summary>Walks the messages of one reading; true when the dump is at its end.</summary>
    private bool TakeAll(
        ReadOnlySpan<byte> messages, NetlinkReader reader, ref bool isConsistent)
    {
        while (MemoryMarshal.TryRead(messages, out nlmsghdr header)
            && header.nlmsg_len >= sizeof(nlmsghdr)
            && header.nlmsg_len <= messages.Length)
        {
            ReadOnlySpan<byte> body = messages[sizeof(nlmsghdr)..(int)header.nlmsg_len];
            messages = messages[Math.Min(messages.Length, ((int)header.nlmsg_len + 3) & ~3)..];
            if (header.nlmsg_seq != _sequence)
            {
                continue;
            }

            isConsistent &= (header.nlmsg_flags & NLM_F_DUMP_INTR) == 0;
            if (header.nlmsg_type == NLMSG_DONE)
            {
                return true;
            }

            if (header.nlmsg_type == NLMSG_ERROR)
            {
                int error = body.Length >= sizeof(int) ? -MemoryMarshal.Read<int>(body) : EINVAL;
                throw new KernelException("read from netlink", error);
            }

            reader.Take(header.nlmsg_type, body);
        }

        return false;
    }

    private int Receive()
    {
        fixed (byte* buffer = _buffer)
        {
            return (int)recv(Descriptor, buffer, BufferBytes, 0);
        }
    }
}
