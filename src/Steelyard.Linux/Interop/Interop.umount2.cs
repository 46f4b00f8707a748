using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Unmounts a file system; see umount2(2).</summary>
    [LibraryImport(
        "libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);
}
