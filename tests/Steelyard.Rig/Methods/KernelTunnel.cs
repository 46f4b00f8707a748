using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Methods;

/// <summary>The kernel's own tunnel devices at a server.</summary>
internal sealed class KernelTunnel : ITunnelEnd
{
    private readonly MethodsWorld _world;
    private readonly string _place;
    private readonly List<string> _undo = [];

    private KernelTunnel(MethodsWorld world, string place)
    {
        _world = world;
        _place = place;
    }

    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Makes what takes this tunnel apart; null when the kernel has no such device.
    /// </summary>
    internal static KernelTunnel? TryOpen(MethodsWorld world, string place, int port)
    {
        (_, string server, string words) =
            MethodsConfig.Tunnels.Single(tunnel => tunnel.Port == port);
        bool isIpv4 = !server.Contains(':');
        string gue = $"port {MethodsConfig.GuePort} {(isIpv4 ? string.Empty : "-6")}";
        KernelTunnel tunnel = new(world, place);
        bool isThere = words.Contains("gre")
            ? tunnel.Link(isIpv4 ? "gre" : "ip6gre", server, words.EndsWith(" csum") ? "icsum" : "")
            : (!words.Contains("gue") || tunnel.Do($"fou add {gue} gue", $"fou del {gue}"))
                && (isIpv4
                    ? tunnel.Link("ipip", server, "") && tunnel.Link("sit", server, "")
                    : tunnel.Link("ip6tnl", server, "mode any"));
        if (isThere)
        {
            return tunnel;
        }

        tunnel.Dispose();
        return null;
    }

    public void Dispose()
    {
        foreach (string line in _undo)
        {
            _ = Shell.Try($"ip -n {_world.Box.Name(_place)} {line}");
        }
    }

    private bool Link(string kind, string local, string words)
    {
        string name = "t-" + kind;
        return Do($"link add {name} type {kind} local {local} {words}", $"link del {name}")
            && Do($"link set {name} up", null);
    }

    private bool Do(string line, string? undo)
    {
        bool isDone = Shell.Try($"ip -n {_world.Box.Name(_place)} {line}").Code == 0;
        if (isDone && undo is not null)
        {
            _undo.Add(undo);
        }

        return isDone;
    }
}
