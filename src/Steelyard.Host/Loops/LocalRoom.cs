using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Host.Logging;
using Steelyard.Linux;
using Steelyard.Linux.Network;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps the link to the box's own processes: a pair of interfaces, and rules by which the kernel
/// sends their replies into it. What a crash left behind goes first. Belongs to the control loop.
/// </summary>
internal sealed class LocalRoom(ILogger log) : IDisposable
{
    // Of the routing table and of its rules: after the local table's (0), before the main (32766).
    private const int Number = 21_337;

    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    private readonly LinkEditor _links = new();
    private readonly PolicyEditor _policy = new(Number);
    private readonly HashSet<IpAddress> _addresses = [];
    private readonly HashSet<LocalServer> _servers = [];
    private LocalPlan _done = LocalPlan.Nothing;
    private bool _isMade;
    private bool _isTidy;
    private string _complaint = string.Empty;

    /// <summary>When what was refused is tried again.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>Brings what is there to what is planned.</summary>
    public void Reconcile(LocalPlan plan, NetworkPicture picture, Instant now)
    {
        Deadline = Instant.Never;
        bool isLost = _isMade && picture.Find(LocalLink.KernelSide) is null && _done == plan;
        if (_isTidy && plan == _done && !isLost)
        {
            return;
        }

        try
        {
            Tidy(picture);
            if (isLost || (_isMade && !plan.IsWanted))
            {
                Remove();
            }

            if (plan.IsWanted)
            {
                Make(plan);
            }

            _done = plan;
            _complaint = string.Empty;
        }
        catch (KernelException refused)
        {
            Complain(refused.Message);
            Deadline = now + RetryTime;
        }
    }

    public void Dispose()
    {
        try
        {
            if (_isMade)
            {
                Remove();
            }
        }
        catch (KernelException refused)
        {
            Complain(refused.Message);
        }

        _links.Dispose();
        _policy.Dispose();
    }

    private void Complain(string sentence)
    {
        if (sentence != _complaint)
        {
            _complaint = sentence;
            Log.LocalRefused(log, sentence);
        }
    }

    /// <summary>
    /// Removes what a process left that was killed; not what another one uses.
    /// </summary>
    private void Tidy(NetworkPicture picture)
    {
        if (_isTidy)
        {
            return;
        }

        if (picture.Find(LocalLink.EngineSide) is InterfaceState left)
        {
            using InterfaceClaim? claim = InterfaceClaim.TryTake(left.Index, out int holder);
            if (claim is null)
            {
                throw new KernelException(
                    $"another steelyard (process {holder}) has interface {LocalLink.EngineSide}");
            }

            Remove();
        }

        _isTidy = true;
    }

    private void Make(LocalPlan plan)
    {
        if (!_isMade)
        {
            _policy.ClearRules();
            _links.AddVethPair(LocalLink.KernelSide, LocalLink.EngineSide);
            _isMade = true;
            SetUp(LocalLink.EngineSide, plan);
            SetUp(LocalLink.KernelSide, plan);
            foreach (bool isIpv4 in (ReadOnlySpan<bool>)[true, false])
            {
                AddFamily(isIpv4);
            }
        }

        _links.SetMaximumTransmissionUnit(
            LocalLink.EngineSide, plan.MaximumTransmissionUnit);
        _links.SetMaximumTransmissionUnit(
            LocalLink.KernelSide, plan.MaximumTransmissionUnit);
        foreach (IpAddress address in plan.Addresses.Where(_addresses.Add))
        {
            _links.AddAddress(
                LocalLink.KernelSide, new(address, LocalLink.Network(address.IsIpv4).Length));
        }

        foreach (LocalServer server in _servers.Except(plan.Servers).ToArray())
        {
            _ = _servers.Remove(server);
            _policy.RemoveRule(
                PrefixOf(server), (byte)server.Protocol, server.Endpoint.Port);
        }

        foreach (LocalServer server in plan.Servers.Where(_servers.Add))
        {
            _policy.AddRule(PrefixOf(server), (byte)server.Protocol, server.Endpoint.Port);
        }
    }

    private void SetUp(string name, LocalPlan plan)
    {
        _links.SetMaximumTransmissionUnit(name, plan.MaximumTransmissionUnit);
        _links.Trust(name);
        _links.SetUp(name);
    }

    /// <summary>The kernel's address, and the way from there to the engine.</summary>
    private void AddFamily(bool isIpv4)
    {
        int index = _links.FindIndex(LocalLink.KernelSide);
        IpAddress gateway = LocalLink.EngineAddress(isIpv4);
        IpPrefix network = LocalLink.Network(isIpv4);
        _links.AddAddress(
            LocalLink.KernelSide, new(LocalLink.KernelAddress(isIpv4), network.Length));
        _links.SetNeighbour(LocalLink.KernelSide, gateway, LocalLink.EngineStation);
        _policy.SetGateway(index, gateway);
        _policy.AddRule(network);
    }

    private void Remove()
    {
        _isMade = false;
        _done = LocalPlan.Nothing;
        _addresses.Clear();
        _servers.Clear();
        _policy.ClearRules();
        try
        {
            // The other one, the addresses and the table's routes go with it.
            _links.Delete(LocalLink.KernelSide);
        }
        catch (KernelException gone) when (gone.IsMissingInterface)
        {
            // Somebody was quicker.
        }
    }

    private static IpPrefix PrefixOf(LocalServer server) => new(
        server.Endpoint.Address, server.Endpoint.Address.IsIpv4 ? 32 : 128);
}
