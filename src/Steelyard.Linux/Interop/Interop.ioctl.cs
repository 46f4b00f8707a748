using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Asks the driver behind a socket about an interface; see netdevice(7).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(FileDescriptor socket, nuint request, ifreq* argument);
}
