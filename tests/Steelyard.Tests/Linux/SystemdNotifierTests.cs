using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Steelyard.Core.Time;
using Steelyard.Linux.Watchdog;

namespace Steelyard.Tests.Linux;

/// <summary>Messages as sd_notify(3) writes them, taken by a socket in systemd's place.</summary>
public sealed class SystemdNotifierTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly Socket _systemd =
        new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public SystemdNotifierTests() => _systemd.Bind(new UnixDomainSocketEndPoint(_path));

    public void Dispose()
    {
        _systemd.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Each_state_is_told_in_systemds_words()
    {
        using SystemdNotifier notifier = Make(("NOTIFY_SOCKET", _path));

        notifier.Ready();
        notifier.Reloading(new Instant(5_000_123_456));
        notifier.Alive();
        notifier.Status("MASTER\nof all");
        notifier.Stopping();

        Assert.True(notifier.IsConnected);
        Assert.Equal("READY=1", Take());
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=5000123", Take());
        Assert.Equal("WATCHDOG=1", Take());
        Assert.Equal("STATUS=MASTER of all", Take());
        Assert.Equal("STOPPING=1", Take());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/at/all")]
    [InlineData("relative")]
    public void Without_systemd_nothing_happens(string? path)
    {
        using SystemdNotifier notifier = Make(("NOTIFY_SOCKET", path));

        notifier.Ready();

        Assert.False(notifier.IsConnected);
    }

    [Fact]
    public void A_systemd_that_went_away_is_no_fault()
    {
        using SystemdNotifier notifier = Make(("NOTIFY_SOCKET", _path));
        _systemd.Dispose();

        notifier.Ready();
    }

    [Fact]
    public void The_watchdog_interval_is_that_of_this_process()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        Assert.Equal(TimeSpan.FromSeconds(3), Interval(("WATCHDOG_USEC", "3000000")));
        Assert.Equal(
            TimeSpan.FromSeconds(3), Interval(("WATCHDOG_USEC", "3000000"), ("WATCHDOG_PID", own)));
        Assert.Null(Interval(("WATCHDOG_USEC", "3000000"), ("WATCHDOG_PID", "1")));
        Assert.Null(Interval(("WATCHDOG_USEC", "0")));
        Assert.Null(Interval(("WATCHDOG_USEC", "soon")));
        Assert.Null(Interval());
    }

    private static TimeSpan? Interval(params (string Name, string? Value)[] variables)
    {
        using SystemdNotifier notifier = Make(variables);
        return notifier.WatchdogInterval;
    }

    private static SystemdNotifier Make(params (string Name, string? Value)[] variables)
    {
        Dictionary<string, string?> environment = [];
        foreach ((string name, string? value) in variables)
        {
            environment.Add(name, value);
        }

        return new(name => environment.GetValueOrDefault(name));
    }

    private string Take()
    {
        byte[] buffer = new byte[256];
        int length = _systemd.Receive(buffer);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
