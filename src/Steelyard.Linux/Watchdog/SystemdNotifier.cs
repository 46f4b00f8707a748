using System;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Steelyard.Core.Time;

namespace Steelyard.Linux.Watchdog;

/// <summary>
/// Tells systemd how the program is: ready, reloading, stopping, alive. Without systemd it does
/// nothing. See sd_notify(3) and sd_watchdog_enabled(3).
/// </summary>
public sealed class SystemdNotifier : IDisposable
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const long TicksPerMicrosecond = 10;
    private readonly Socket? _socket;

    /// <summary>Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.</summary>
    public SystemdNotifier()
        : this(Environment.GetEnvironmentVariable)
    {
    }

    internal SystemdNotifier(Func<string, string?> environment)
    {
        WatchdogInterval = ReadInterval(environment);
        string? path = environment("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@'))
        {
            return;
        }

        // An abstract address starts with a zero byte, written as @.
        string address = path[0] == '@' ? '\0' + path[1..] : path;
        _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            Blocking = false,
        };
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            _socket = null;
        }
    }

    /// <summary>
    /// Within which time <see cref="Alive"/> is expected, or null. Say it twice as often.
    /// </summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>Somebody listens.</summary>
    public bool IsConnected => _socket is not null;

    /// <summary>Started, or done with reloading.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>Reads its configuration anew, since this instant of the monotonic clock.</summary>
    public void Reloading(Instant now) => Send(string.Create(
        CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={now.Nanoseconds / NanosecondsPerMicrosecond}"));

    public void Stopping() => Send("STOPPING=1");

    /// <summary>Not hung.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string line) => Send("STATUS=" + line.ReplaceLineEndings(" "));

    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadInterval(Func<string, string?> environment)
    {
        string? process = environment("WATCHDOG_PID");
        bool isOurs = string.IsNullOrEmpty(process)
            || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs
            && long.TryParse(
                environment("WATCHDOG_USEC"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out long microseconds)
            && microseconds is > 0 and < long.MaxValue / TicksPerMicrosecond
            ? TimeSpan.FromTicks(microseconds * TicksPerMicrosecond)
            : null;
    }

    private void Send(string message)
    {
        try
        {
            _ = _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // systemd is busy or gone. It will ask again, or has other worries.
        }
    }
}
