using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Waits for descriptors; a null timeout waits for ever; see ppoll(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ppoll(
        pollfd* descriptors, nuint count, timespec* timeout, void* signalMask);
}
