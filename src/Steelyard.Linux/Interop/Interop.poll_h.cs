namespace Steelyard.Linux.Interop;

/// <summary>Constants and structures of poll.h, time.h, sched.h and sys/mman.h.</summary>
internal static partial class Libc
{
    internal const short POLLIN = 0x01;
    internal const short POLLERR = 0x08;
    internal const short POLLNVAL = 0x20;

    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;

    internal const int EFD_NONBLOCK = 0x800;
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int O_CLOEXEC = 0x80000;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;

    internal const int SCHED_RR = 2;
    internal const int CLONE_NEWNS = 0x0002_0000;
    internal const int CLONE_NEWNET = 0x4000_0000;
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_NAME = 15;
    internal const int PR_SET_TIMERSLACK = 29;

    internal const nuint MS_BIND = 0x1000;
    internal const nuint MS_REC = 0x4000;
    internal const nuint MS_SHARED = 0x10_0000;
    internal const int MNT_DETACH = 2;

    internal struct pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }

    internal struct timespec
    {
        internal long tv_sec;
        internal long tv_nsec;
    }

    internal struct sched_param
    {
        internal int sched_priority;
    }
}
