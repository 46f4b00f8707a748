using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// Sets a thread's scheduling policy; 0 means the caller; see sched_setscheduler(2).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setscheduler(int thread, int policy, sched_param* parameters);
}
