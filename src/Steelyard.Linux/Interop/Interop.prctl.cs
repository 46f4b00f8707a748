using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    /// <summary>Changes the calling thread; see prctl(2).</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(
        int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
