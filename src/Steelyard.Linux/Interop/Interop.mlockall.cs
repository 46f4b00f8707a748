using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Keeps the process in memory; see mlockall(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mlockall(int flags);
}
