using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// Reads a clock, through the vDSO and without leaving managed state; see clock_gettime(2).
    /// </summary>
    [LibraryImport("libc")]
    [SuppressGCTransition]
    internal static partial int clock_gettime(int clock, timespec* time);
}
