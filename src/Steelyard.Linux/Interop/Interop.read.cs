using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Reads bytes; see read(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle file, void* buffer, nuint length);
}
