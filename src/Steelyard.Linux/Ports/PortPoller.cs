using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Where a loop waits: for frames, for a call by another thread, or for a deadline. Belongs to one
/// thread, except <see cref="Wake"/>.
/// </summary>
/// <remarks>
/// ppoll and not epoll: while its thread is busy a socket then costs nothing a frame, and waiting
/// for a handful of descriptors is one call either way.
/// </remarks>
public sealed unsafe class PortPoller : IDisposable
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly List<IPollSource> _sources = [];
    private readonly EventFd _wake = new();
    private readonly TimeSpan _busyPoll;
    private pollfd* _descriptors;
    private int _isAwaited;
    private int _isCalled;
    private bool _isDisposed;

    /// <param name="busyPoll">How long to look without sleeping, before sleeping.</param>
    public PortPoller(TimeSpan busyPoll = default)
    {
        _busyPoll = busyPoll;
        Add(_wake);
    }

    /// <summary>Waits for this too. Take it out before it is disposed.</summary>
    public void Add(IPollSource source)
    {
        bool isHeld = false;
        source.Descriptor.DangerousAddRef(ref isHeld);
        _sources.Add(source);
        Rebuild();
    }

    public void Remove(IPollSource source)
    {
        if (_sources.Remove(source))
        {
            source.Descriptor.DangerousRelease();
            Rebuild();
        }
    }

    /// <summary>
    /// Ends the wait, or the next one. Any thread may call; while the waiter is busy it costs no
    /// system call.
    /// </summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isCalled, 1) == 0 && Volatile.Read(ref _isAwaited) != 0)
        {
            _wake.Signal();
        }
    }

    /// <summary>Waits until something is there; false when the deadline passed first.</summary>
    public bool Wait(Instant deadline)
    {
        if (HasInput() || LookBusily(deadline))
        {
            // A full fence: were the caller's queue read before this is seen, a call that came in
            // between would find itself called already, and what it brought would not be seen.
            _ = Interlocked.Exchange(ref _isCalled, 0);
            return true;
        }

        // Either the caller sees that we wait, and signals, or we see its call.
        _ = Interlocked.Exchange(ref _isAwaited, 1);
        bool isCalled = Volatile.Read(ref _isCalled) != 0;
        int ready = Sleep(isCalled ? Instant.Zero : deadline);
        _ = Interlocked.Exchange(ref _isAwaited, 0);
        if (ready > 0)
        {
            TakeErrors();
        }

        _ = Interlocked.Exchange(ref _isCalled, 0);
        return ready > 0 || isCalled;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (IPollSource source in _sources)
        {
            source.Descriptor.DangerousRelease();
        }

        _wake.Dispose();
        NativeMemory.Free(_descriptors);
    }

    private bool HasInput()
    {
        for (int index = 0; index < _sources.Count; index++)
        {
            if (_sources[index].HasInput)
            {
                return true;
            }
        }

        return false;
    }

    private bool LookBusily(Instant deadline)
    {
        if (_busyPoll <= TimeSpan.Zero)
        {
            return false;
        }

        Instant end = Instant.Earlier(deadline, MonotonicClock.Now + _busyPoll);
        while (MonotonicClock.Now < end)
        {
            if (HasInput() || Volatile.Read(ref _isCalled) != 0)
            {
                return true;
            }

            Thread.SpinWait(20);
        }

        return false;
    }

    private int Sleep(Instant deadline)
    {
        timespec timeout = default;
        bool isEndless = deadline == Instant.Never;
        long left = isEndless ? 0 : deadline.Nanoseconds - MonotonicClock.Now.Nanoseconds;
        if (left > 0)
        {
            timeout.tv_sec = left / NanosecondsPerSecond;
            timeout.tv_nsec = left % NanosecondsPerSecond;
        }

        // Interrupted by a signal: the loop just turns once more.
        return Math.Max(
            0, ppoll(_descriptors, (nuint)_sources.Count, isEndless ? null : &timeout, null));
    }

    private void TakeErrors()
    {
        for (int index = 0; index < _sources.Count; index++)
        {
            short happened = _descriptors[index].revents;
            Invariant.Holds((happened & POLLNVAL) == 0, "a polled descriptor is open");
            if ((happened & POLLERR) != 0)
            {
                _sources[index].OnError();
            }
        }

        if ((_descriptors[0].revents & POLLIN) != 0)
        {
            _ = _wake.Clear();
        }
    }

    private void Rebuild()
    {
        _descriptors = (pollfd*)NativeMemory.Realloc(
            _descriptors, (nuint)(_sources.Count * sizeof(pollfd)));
        for (int index = 0; index < _sources.Count; index++)
        {
            _descriptors[index] = new()
            {
                fd = (int)_sources[index].Descriptor.DangerousGetHandle(),
                events = POLLIN,
            };
        }
    }
}
