using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Waits until a file or a folder is on the disk; see fsync(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int descriptor);
}
