using System;
using System.Globalization;
using System.IO;
using System.Text;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Processes;

/// <summary>How the kernel treats the calling thread.</summary>
public static unsafe class ThreadTuning
{
    /// <summary>Bytes of a thread's name, its final zero included.</summary>
    private const int NameBytes = 16;

    private const long NanosecondsPerTick = 100;

    /// <summary>Names the thread, as <c>top -H</c> shows it: 15 octets at most.</summary>
    public static void SetName(string name)
    {
        byte* octets = stackalloc byte[NameBytes];
        new Span<byte>(octets, NameBytes).Clear();
        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(name);
        text[..Math.Min(text.Length, NameBytes - 1)].CopyTo(new Span<byte>(octets, NameBytes));
        _ = prctl(PR_SET_NAME, (nuint)octets, 0, 0, 0);
    }

    /// <summary>
    /// Lets the thread run before all ordinary ones (SCHED_RR). False without the right
    /// (CAP_SYS_NICE).
    /// </summary>
    /// <param name="priority">1 to 99, the highest first.</param>
    public static bool TrySetRealTime(int priority)
    {
        sched_param parameters = new() { sched_priority = priority };
        return sched_setscheduler(0, SCHED_RR, &parameters) == 0;
    }

    /// <summary>
    /// Raises the thread, and what it starts from now on, by niceness. False without the right
    /// (CAP_SYS_NICE).
    /// </summary>
    /// <param name="niceness">−20, the most favoured, to 19.</param>
    public static bool TryRaiseThread(int niceness) =>
        setpriority(PRIO_PROCESS, 0, niceness) == 0;

    /// <summary>
    /// Raises all threads that the process has, and so all that they make, by niceness. False
    /// without the right (CAP_SYS_NICE).
    /// </summary>
    /// <param name="niceness">−20, the most favoured, to 19.</param>
    public static bool TryRaiseProcess(int niceness)
    {
        bool raised = true;
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            uint id = uint.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            raised &= setpriority(PRIO_PROCESS, id, niceness) == 0;
        }

        return raised;
    }

    /// <summary>
    /// How much later than asked the thread may be woken; 50 µs unless told, and 0 for real-time
    /// threads.
    /// </summary>
    public static void SetTimerSlack(TimeSpan slack) => _ = prctl(
        PR_SET_TIMERSLACK, (nuint)Math.Max(1, slack.Ticks * NanosecondsPerTick), 0, 0, 0);
}
