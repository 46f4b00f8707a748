using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Sends a signal to a process; see kill(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);
}
