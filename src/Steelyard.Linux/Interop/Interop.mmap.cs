using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Maps memory; −1 on failure; see mmap(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(
        nint address, nuint length, int protection, int flags, FileDescriptor file, nint offset);
}
