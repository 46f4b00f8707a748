using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Logging;
using Steelyard.Linux;
using Steelyard.Linux.Network;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps the kernel from the packets for virtual addresses that the engine takes: those that come
/// to an interface's own station, by a router's static route. Belongs to the control loop.
/// </summary>
internal sealed class ShieldRoom(ILogger log, StandingWarnings warnings) : IDisposable
{
    // What goes to the box's own processes has been through the engine.
    private readonly IngressShield _shield = new("lo", LocalLink.KernelSide);
    private ImmutableArray<IpAddress> _shielded = [];
    private string _complaint = string.Empty;

    public void Set(ImmutableArray<IpAddress> addresses)
    {
        if (addresses.SequenceEqual(_shielded))
        {
            return;
        }

        _shielded = addresses;
        string complaint = string.Empty;
        try
        {
            _shield.Set(addresses);
        }
        catch (KernelException refused)
        {
            complaint = "the kernel also sees packets that routers send to this box for a virtual "
                + $"address, and forwards them if net.ipv4.ip_forward is 1: {refused.Message} "
                + "(it needs nftables of Linux 5.12)";
        }

        Complain(complaint);
    }

    public void Dispose() => _shield.Dispose();

    private void Complain(string sentence)
    {
        if (sentence == _complaint)
        {
            return;
        }

        _complaint = sentence;
        warnings.Set("shield", sentence.Length == 0 ? [] : [sentence]);
        if (sentence.Length > 0)
        {
            Log.RightMissing(log, sentence);
        }
    }
}
