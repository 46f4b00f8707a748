using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Closes a descriptor; see close(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);
}
