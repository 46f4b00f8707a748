using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Moves the calling thread into a namespace; see setns(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(FileDescriptor namespaceFile, int kind);
}
