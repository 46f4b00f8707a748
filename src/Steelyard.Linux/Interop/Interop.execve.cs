using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Becomes another program; returns only on failure; see execve(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execve(byte* path, byte** arguments, byte** environment);
}
