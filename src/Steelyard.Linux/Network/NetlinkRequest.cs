using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>Writes one netlink message: header, body, attributes, some of them nested.</summary>
internal sealed class NetlinkRequest
{
    private const int Capacity = 1 << 10;
    private readonly byte[] _bytes = new byte[Capacity];
    private int _length = Unsafe.SizeOf<nlmsghdr>();

    internal NetlinkRequest(ushort type, ushort flags)
    {
        nlmsghdr header = new()
        {
            nlmsg_type = type,
            nlmsg_flags = (ushort)(NLM_F_REQUEST | NLM_F_ACK | flags),
        };
        MemoryMarshal.Write(_bytes, header);
    }

    /// <summary>The whole message, with its length filled in.</summary>
    /// <param name="acknowledges">The kernel says so, too, when it is done.</param>
    internal Span<byte> Finish(bool acknowledges = true)
    {
        if (!acknowledges)
        {
            ref nlmsghdr header = ref MemoryMarshal.AsRef<nlmsghdr>(_bytes.AsSpan());
            header.nlmsg_flags &= unchecked((ushort)~NLM_F_ACK);
        }

        MemoryMarshal.Write(_bytes, (uint)_length);
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>Appends a structure as it lies in memory.</summary>
    internal NetlinkRequest Add<T>(T body)
        where T : unmanaged
    {
        MemoryMarshal.Write(_bytes.AsSpan(_length), body);
        _length += Align(Unsafe.SizeOf<T>());
        return this;
    }

    internal NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        int length = Unsafe.SizeOf<rtattr>() + value.Length;
        rtattr header = new() { rta_type = type, rta_len = (ushort)length };
        MemoryMarshal.Write(_bytes.AsSpan(_length), header);
        value.CopyTo(_bytes.AsSpan(_length + Unsafe.SizeOf<rtattr>()));
        _length += Align(length);
        return this;
    }

    internal NetlinkRequest Add(ushort type, int value) =>
        Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    /// <summary>A text with its final zero.</summary>
    internal NetlinkRequest Add(ushort type, string value) =>
        Add(type, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>An attribute that holds what the body adds.</summary>
    internal NetlinkRequest Nest(ushort type, Action<NetlinkRequest> body)
    {
        int start = _length;
        _length += Unsafe.SizeOf<rtattr>();
        body(this);
        rtattr header = new() { rta_type = type, rta_len = (ushort)(_length - start) };
        MemoryMarshal.Write(_bytes.AsSpan(start), header);
        return this;
    }

    private static int Align(int length) => (length + 3) & ~3;
}
