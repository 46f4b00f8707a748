using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// Sets a socket option of <paramref name="length"/> bytes; see setsockopt(2).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(
        FileDescriptor socket, int level, int name, void* value, uint length);
}
