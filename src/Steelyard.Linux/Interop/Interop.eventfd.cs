using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Opens an event counter; see eventfd(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);
}
