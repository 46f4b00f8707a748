using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Receives one message; see recv(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(FileDescriptor socket, void* buffer, nuint length, int flags);
}
