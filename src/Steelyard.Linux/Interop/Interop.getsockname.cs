using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Reads the address that a socket is bound to; see getsockname(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(FileDescriptor socket, void* address, uint* length);
}
