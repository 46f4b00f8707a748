using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Unmaps memory; see munmap(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);
}
