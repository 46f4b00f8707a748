using System;
using System.Runtime.InteropServices;
using Steelyard.Core.Routing;
using Steelyard.Linux.Ports;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// The kernel's interfaces, addresses and main routes, and the news that they changed. What changed
/// is not told: the whole is small, and reading it anew cannot drift from the truth.
/// </summary>
/// <remarks>
/// Belongs to one thread, and to the network namespace of the thread that made it.
/// </remarks>
public sealed class LinkMonitor : IPollSource, IDisposable
{
    /// <summary>
    /// Tries until a dump is not overtaken by changes; each takes well under 1 ms.
    /// </summary>
    private const int Tries = 10;

    private readonly NetlinkSocket _questions = new(groups: 0);
    private readonly NetlinkSocket _changes = new(
        RTMGRP_LINK
        | RTMGRP_IPV4_IFADDR
        | RTMGRP_IPV4_ROUTE
        | RTMGRP_IPV6_IFADDR
        | RTMGRP_IPV6_ROUTE);

    private bool _hasLostNews;

    SafeHandle IPollSource.Descriptor => _changes.Descriptor;

    bool IPollSource.HasInput => false;

    /// <summary>
    /// True when anything changed since the last call: read again. Does not wait.
    /// </summary>
    public bool TakeChanges()
    {
        bool hasChanged = _changes.Drain() | _hasLostNews;
        _hasLostNews = false;
        return hasChanged;
    }

    /// <summary>All interfaces and the main table's unicast routes, as they are now.</summary>
    public NetworkPicture Read()
    {
        for (int attempt = 1; ; attempt++)
        {
            NetlinkReader reader = new();
            bool isConsistent =
                _questions.TryDump(RTM_GETLINK, default(ifinfomsg), reader)
                & _questions.TryDump(RTM_GETADDR, default(ifaddrmsg), reader)
                & _questions.TryDump(RTM_GETROUTE, new rtmsg { rtm_family = AF_INET }, reader)
                & _questions.TryDump(RTM_GETROUTE, new rtmsg { rtm_family = AF_INET6 }, reader);
            if (isConsistent || attempt == Tries)
            {
                return reader.ToPicture();
            }
        }
    }

    /// <summary>News were lost for want of room, which is news too.</summary>
    public void OnError() => _hasLostNews |= _changes.Drain();

    public void Dispose()
    {
        _questions.Dispose();
        _changes.Dispose();
    }
}
