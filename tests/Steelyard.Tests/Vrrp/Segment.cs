using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Vrrp;

/// <summary>
/// Virtual routers on wires without delay, in virtual time. What one sends the others on its
/// interface get in the same instant, unless the wire between them is cut.
/// </summary>
internal sealed class Segment : IVirtualRouterEffects
{
    private readonly List<VirtualRouter> _routers = [];
    private readonly Queue<(VirtualRouter From, VrrpAdvertisement Advert)> _wire = new();
    private readonly HashSet<(IpAddress From, IpAddress To)> _cuts = [];

    public Instant Now { get; private set; } = Instant.Zero;

    /// <summary>Every advert sent, as <c>40 ms 10.0.0.1 200</c>.</summary>
    public List<(Instant At, IpAddress From, byte Priority)> Adverts { get; } = [];

    public List<(Instant At, VirtualRouter Router)> Announcements { get; } = [];

    public List<(VirtualRouter Router, VirtualRouterState To, string Why)> Transitions { get; } =
        [];

    public List<string> Notices { get; } = [];

    public static VirtualRouterConfig Config(
        byte priority = 100, string name = "VI_1", byte vrid = 51, double seconds = 0.1) => new()
        {
            Name = name,
            Interface = $"eth{vrid}",
            VirtualRouterId = vrid,
            Priority = priority,
            Version = 3,
            AdvertisementInterval = TimeSpan.FromSeconds(seconds),
            Addresses = [new IpPrefix(IpAddress.Parse("10.0.0.100"), 24)],
        };

    public VirtualRouter Add(string address, VirtualRouterConfig config, bool starts = true)
    {
        var router = new VirtualRouter(config, this);
        _routers.Add(router);
        Addresses[router] = IpAddress.Parse(address);
        if (starts)
        {
            Start(router);
        }

        return router;
    }

    public Dictionary<VirtualRouter, IpAddress> Addresses { get; } = [];

    public void Start(VirtualRouter router)
    {
        router.Start(Now, Addresses[router], true);
        Deliver();
    }

    /// <summary>The box is gone without a word.</summary>
    public void Crash(VirtualRouter router) => _ = _routers.Remove(router);

    public void Revive(VirtualRouter router) => _routers.Add(router);

    public void Cut(VirtualRouter from, VirtualRouter to) =>
        _ = _cuts.Add((Addresses[from], Addresses[to]));

    public void Mend() => _cuts.Clear();

    public void Do(Action<Instant> action)
    {
        action(Now);
        Deliver();
    }

    /// <summary>An advert from a router that is not here.</summary>
    public void Hear(VirtualRouter router, string source, byte priority, double? seconds = null)
    {
        var advert = new VrrpAdvertisement(
            router.Config.Version,
            router.Config.VirtualRouterId,
            priority,
            seconds is double given
                ? TimeSpan.FromSeconds(given)
                : router.Config.AdvertisementInterval,
            [.. router.Config.Addresses.Select(prefix => prefix.Address)]);
        router.OnAdvertisement(advert, IpAddress.Parse(source), Now);
        Deliver();
    }

    public void RunFor(double milliseconds)
    {
        Instant end = Now + TimeSpan.FromMilliseconds(milliseconds);
        while (true)
        {
            VirtualRouter? next = _routers.Count == 0
                ? null
                : _routers.MinBy(router => router.Deadline.Nanoseconds);
            if (next is null || next.Deadline > end)
            {
                Now = end;
                return;
            }

            Now = next.Deadline > Now ? next.Deadline : Now;
            next.OnDeadline(Now);
            Deliver();
        }
    }

    /// <summary>Time passes, and nobody runs.</summary>
    public void Sleep(double milliseconds) => Now += TimeSpan.FromMilliseconds(milliseconds);

    public void SendAdvertisement(VirtualRouter router, in VrrpAdvertisement advertisement)
    {
        Adverts.Add((Now, Addresses[router], advertisement.Priority));
        _wire.Enqueue((router, advertisement));
    }

    public void Announce(VirtualRouter router) => Announcements.Add((Now, router));

    public void OnTransition(
        VirtualRouter router, VirtualRouterState from, VirtualRouterState to, string why) =>
        Transitions.Add((router, to, why));

    public void OnNotice(VirtualRouter router, string sentence, Instant now) =>
        Notices.Add(sentence);

    private void Deliver()
    {
        int storm = 0;
        while (_wire.TryDequeue(out var sent))
        {
            Assert.True(++storm < 100, "routers answer each other without end");
            foreach (VirtualRouter router in _routers.ToArray())
            {
                if (router != sent.From
                    && router.Config.Interface == sent.From.Config.Interface
                    && !_cuts.Contains((Addresses[sent.From], Addresses[router])))
                {
                    router.OnAdvertisement(sent.Advert, Addresses[sent.From], Now);
                }
            }
        }
    }
}
