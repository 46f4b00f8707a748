using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// Reads a socket option of at most <paramref name="length"/> bytes; see getsockopt(2).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(
        FileDescriptor socket, int level, int name, void* value, uint* length);
}
