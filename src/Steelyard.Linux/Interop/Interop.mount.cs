using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Mounts a file system; see mount(2).</summary>
    [LibraryImport(
        "libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(
        string source, string target, string? kind, nuint flags, string? data);
}
