using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Steelyard.Linux.Interop;

/// <summary>An open file, socket or namespace; closed when disposed.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <param name="descriptor">What the C library returned: −1 is no descriptor.</param>
    /// <remarks>
    /// Native functions return int. Marshalled as a handle, its −1 would be read with whatever the
    /// register's upper half holds; so they are declared as int, and wrapped here.
    /// </remarks>
    internal FileDescriptor(int descriptor)
        : base(ownsHandle: true)
    {
        int error = Marshal.GetLastPInvokeError();
        SetHandle(descriptor);
        Marshal.SetLastPInvokeError(error);
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
