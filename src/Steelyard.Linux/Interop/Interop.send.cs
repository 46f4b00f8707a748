using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Sends one message; see send(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(FileDescriptor socket, void* buffer, nuint length, int flags);
}
