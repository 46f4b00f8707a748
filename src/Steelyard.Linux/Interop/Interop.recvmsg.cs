using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Receives one message with its control data; see recvmsg(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recvmsg(FileDescriptor socket, msghdr* message, int flags);
}
