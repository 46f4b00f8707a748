using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Sends several messages and returns how many went; see sendmmsg(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sendmmsg(
        FileDescriptor socket, mmsghdr* messages, uint count, int flags);
}
