using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>Writes bytes; see write(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle file, void* buffer, nuint length);
}
