using System;
using System.Threading;
using Steelyard.Linux.Interop;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Processes;

/// <summary>Ends of processes.</summary>
public static unsafe class ProcessLife
{
    private const int SIGTERM = 15;
    private const int SIGKILL = 9;
    private const int SIGHUP = 1;

    /// <summary>Asks a process to end in good order. False when there is none.</summary>
    public static bool Terminate(int processId) => kill(processId, SIGTERM) == 0;

    /// <summary>Ends a process on the spot, as a crash would.</summary>
    public static bool Kill(int processId) => kill(processId, SIGKILL) == 0;

    /// <summary>Asks a process to read its configuration anew.</summary>
    public static bool HangUp(int processId) => kill(processId, SIGHUP) == 0;

    /// <summary>
    /// Ends this process on the spot when the other ends, however that ends. PR_SET_PDEATHSIG
    /// would not do: it watches the thread that started us, and threads of a pool come and go.
    /// False when there is no such process.
    /// </summary>
    public static bool TryEndWith(int processId)
    {
        FileDescriptor process = new(pidfd_open(processId, 0));
        if (process.IsInvalid)
        {
            return false;
        }

        Thread watcher = new(() =>
        {
            pollfd descriptor = new() { events = POLLIN };
            descriptor.fd = (int)process.DangerousGetHandle();
            while (ppoll(&descriptor, 1, null, null) <= 0)
            {
            }

            GC.KeepAlive(process);
            _ = Kill(Environment.ProcessId);
        })
        {
            IsBackground = true,
            Name = "end-with",
        };
        watcher.Start();
        return true;
    }
}
