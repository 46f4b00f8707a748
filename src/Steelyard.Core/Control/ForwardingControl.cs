using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control;

/// <summary>
/// What the file says of forwarding as a whole: marks, switches, pools. The engine hears of each
/// when it changes.
/// </summary>
internal sealed class ForwardingControl(IControlEffects effects, NetworkControl network)
{
    private ApplianceConfig _config = ApplianceConfig.Empty;
    private ImmutableArray<MasqueradeRule> _masquerades = [];

    public void Configure(ApplianceConfig config)
    {
        ApplianceConfig before = _config;
        _config = config;
        SendIf(
            before.LvsSettings != config.LvsSettings,
            () => new SetLvsSettings(config.LvsSettings));
        SendIf(
            before.MarkRules != config.MarkRules, () => new ReplaceMarkRules(config.MarkRules));
        SendIf(
            before.SourcePool != config.SourcePool,
            () => new ReplaceSourcePool(config.SourcePool));
        ResolveMasquerades(before.Masquerades != config.Masquerades);
    }

    /// <summary>Routes and interfaces have changed.</summary>
    public void OnNetwork() => ResolveMasquerades(isNew: false);

    /// <param name="isNew">What cannot be resolved is said.</param>
    private void ResolveMasquerades(bool isNew)
    {
        RouteTable routes = new(network.Picture.Routes);
        List<MasqueradeRule> rules = [];
        foreach (MasqueradeConfig config in _config.Masquerades)
        {
            if ((config.Address ?? FindAddress(config.Source, routes)) is IpAddress address)
            {
                rules.Add(new MasqueradeRule(config.Source, address));
            }
            else if (isNew)
            {
                effects.Report(new BoxEvent(
                    EventSeverity.Warning,
                    "masquerade",
                    config.Source.ToString(),
                    $"no virtual address of another interface can stand for {config.Source}: "
                    + "name one in the masquerade block"));
            }
        }

        bool isSame = rules.SequenceEqual(_masquerades);
        _masquerades = [.. rules];
        SendIf(!isSame, () => new ReplaceMasquerades(_masquerades));
    }

    /// <summary>
    /// The first virtual address of the family that is not on the hosts' own interface.
    /// </summary>
    private IpAddress? FindAddress(IpPrefix source, RouteTable routes)
    {
        string? inside = routes.TryFind(source.Network, out NextHop hop)
            ? network.Find(hop.InterfaceIndex)?.Name
            : null;
        foreach (VirtualRouterConfig router in _config.VirtualRouters)
        {
            if (router.Interface == inside)
            {
                continue;
            }

            foreach (IpPrefix held in router.Addresses.Concat(router.ExcludedAddresses))
            {
                if (held.Address.IsIpv4 == source.Address.IsIpv4)
                {
                    return held.Address;
                }
            }
        }

        return null;
    }

    private void SendIf(bool isDue, Func<IEngineCommand> make)
    {
        if (isDue && !effects.TryCommand(make()))
        {
            throw new InvalidOperationException("the engine takes no commands any more");
        }
    }
}
