using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Gives the calling thread namespaces of its own; see unshare(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);
}
