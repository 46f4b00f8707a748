using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// Binds a socket to an address of <paramref name="length"/> bytes; see bind(2).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(FileDescriptor socket, void* address, uint length);
}
