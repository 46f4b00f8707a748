using System;
using System.Runtime.InteropServices;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// The control loop's ear and mouth on one interface: ARP, Neighbour Discovery and VRRP, by a
/// socket of their own, so that heavy traffic cannot starve an election. Belongs to one thread.
/// </summary>
public sealed unsafe class ControlSocket : IPollSource, IDisposable
{
    private const int ControlBytes = 64;

    /// <summary>
    /// TC_PRIO_CONTROL: a queueing discipline with bands sends an advert before all the data that
    /// waits. linux/pkt_sched.h.
    /// </summary>
    private const int ControlPriority = 7;
    private const int BufferBytes = 1 << 20;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly PacketSocket _socket;
    private readonly Ipv6Groups _groups;

    public ControlSocket(string interfaceName)
    {
        _socket = new(interfaceName);
        _groups = new(_socket.InterfaceIndex);
        try
        {
            _socket.Set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "leave out own frames");
            _socket.Set(SOL_SOCKET, SO_PRIORITY, ControlPriority, "send before others");
            _socket.Set(SOL_SOCKET, SO_TIMESTAMPNS, 1, "ask for times of arrival");
            _socket.SetBuffers(BufferBytes, BufferBytes);
            _socket.Attach(PacketFilters.ForControl());
            _socket.Bind();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public string Name => _socket.Name;

    public int InterfaceIndex => _socket.InterfaceIndex;

    public MacAddress HardwareAddress => _socket.HardwareAddress;

    /// <summary>
    /// The interface was removed or left this namespace: dispose, and open another.
    /// </summary>
    public bool IsGone => _socket.IsGone;

    SafeHandle IPollSource.Descriptor => _socket.Descriptor;

    bool IPollSource.HasInput => false;

    /// <summary>Takes one frame without waiting; false when none is there.</summary>
    /// <param name="buffer">Where the frame goes; a longer frame is passed over.</param>
    /// <param name="length">Bytes of the frame.</param>
    /// <param name="received">
    /// When the kernel got it: earlier than now by however long this thread was held up.
    /// </param>
    public bool TryReceive(Span<byte> buffer, out int length, out Instant received)
    {
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* start = buffer)
        {
            iovec part = new() { iov_base = start, iov_len = (nuint)buffer.Length };
            while (true)
            {
                msghdr message = new()
                {
                    msg_iov = &part,
                    msg_iovlen = 1,
                    msg_control = control,
                    msg_controllen = ControlBytes,
                };
                nint got = recvmsg(_socket.Descriptor, &message, MSG_DONTWAIT);
                if (got >= 0 && (message.msg_flags & MSG_TRUNC) == 0)
                {
                    length = (int)got;
                    received = ReadTime(&message);
                    return true;
                }

                if (got < 0 && !MayTryAgain(Marshal.GetLastPInvokeError()))
                {
                    length = 0;
                    received = default;
                    return false;
                }
            }
        }
    }

    /// <summary>Sends a whole Ethernet frame; false when the interface refused it.</summary>
    public bool Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            nint sent = send(_socket.Descriptor, start, (nuint)frame.Length, MSG_DONTWAIT);
            if (sent < 0 && Marshal.GetLastPInvokeError() is ENETDOWN or EINTR)
            {
                // A link loss of earlier is told once; the link may be back.
                sent = send(_socket.Descriptor, start, (nuint)frame.Length, MSG_DONTWAIT);
            }

            return sent == frame.Length;
        }
    }

    /// <summary>
    /// Receives frames for a group, such as VRRP's 01:00:5e:00:00:12, or for a further station
    /// address; or no longer.
    /// </summary>
    public void Accept(MacAddress address, bool accepts) =>
        _socket.SetMembership(address, accepts);

    /// <summary>
    /// Receives what is sent to a group of IPv6, and lets switches know; or no longer. Again is as
    /// good as once.
    /// </summary>
    public void Join(IpAddress group, bool joins)
    {
        if (_groups.Set(group, joins))
        {
            Accept(MacAddress.OfGroup(group), joins);
        }
    }

    /// <summary>Reads the interface's address anew, after a change.</summary>
    public void ReadLink() => _ = _socket.TryReadLink();

    public void OnError() => _socket.TakeError();

    public void Dispose()
    {
        _groups.Dispose();
        _socket.Dispose();
    }

    private static Instant ReadTime(msghdr* message)
    {
        cmsghdr* first = (cmsghdr*)message->msg_control;
        bool hasTime = message->msg_controllen >= (nuint)(sizeof(cmsghdr) + sizeof(timespec))
            && first->cmsg_level == SOL_SOCKET
            && first->cmsg_type == SCM_TIMESTAMPNS;
        if (!hasTime)
        {
            return MonotonicClock.Now;
        }

        timespec* time = (timespec*)(first + 1);
        return MonotonicClock.FromRealtime(
            (time->tv_sec * NanosecondsPerSecond) + time->tv_nsec);
    }

    /// <summary>
    /// A link loss is told in place of a frame, once; what was queued is still there.
    /// </summary>
    private bool MayTryAgain(int error)
    {
        if (error == ENETDOWN)
        {
            _socket.TakeError();
        }

        return error is ENETDOWN or EINTR;
    }
}
