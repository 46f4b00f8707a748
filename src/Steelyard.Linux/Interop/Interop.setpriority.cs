using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static partial class Libc
{
    internal const int PRIO_PROCESS = 0;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int prio);
}
