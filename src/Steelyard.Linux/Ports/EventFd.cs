using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Steelyard.Linux.Interop;

namespace Steelyard.Linux.Ports;

/// <summary>A descriptor that any thread makes readable; see eventfd(2).</summary>
public sealed class EventFd : SafeHandleMinusOneIsInvalid, IPollSource
{
    public EventFd()
        : base(ownsHandle: true)
    {
        SetHandle(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC));
        if (IsInvalid)
        {
            throw KernelException.Last("open an eventfd");
        }
    }

    SafeHandle IPollSource.Descriptor => this;

    bool IPollSource.HasInput => false;

    /// <summary>Makes it readable. Any thread may call.</summary>
    public unsafe void Signal()
    {
        ulong one = 1;
        _ = Libc.write(this, &one, sizeof(ulong));
    }

    /// <summary>Takes the signals back; true when there was one.</summary>
    public unsafe bool Clear()
    {
        ulong count;
        return Libc.read(this, &count, sizeof(ulong)) == sizeof(ulong);
    }

    void IPollSource.OnError()
    {
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
