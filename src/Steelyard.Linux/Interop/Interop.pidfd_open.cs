using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>SYS_pidfd_open; the same on x86-64 and arm64.</summary>
    private const nint PidfdOpenNumber = 434;

    /// <summary>
    /// Opens a descriptor that becomes readable when the process ends, or returns −1; see
    /// pidfd_open(2). By number, because the C library has it only since glibc 2.36.
    /// </summary>
    internal static int pidfd_open(int process, uint flags) =>
        (int)syscall(PidfdOpenNumber, process, (nint)flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint argument1, nint argument2);
}
