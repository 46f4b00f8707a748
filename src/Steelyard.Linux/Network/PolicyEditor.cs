using System;
using System.Runtime.InteropServices;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// Rules that send some of the kernel's own packets by a routing table of ours. The rules and the
/// table have one number, below which the local table comes, and above which the main one. See
/// ip-rule(8); ports in rules need Linux 4.17.
/// </summary>
/// <remarks>Works in the network namespace of the thread that made it.</remarks>
public sealed class PolicyEditor(int number) : IDisposable
{
    // More rules than were ever made.
    private const int MostRules = 1 << 16;

    private readonly NetlinkSocket _socket = new(groups: 0);

    /// <summary>What comes from there goes by the table.</summary>
    /// <param name="from">The packets' source.</param>
    /// <param name="protocol">The IP protocol's number; 0 for all.</param>
    /// <param name="port">The source port; 0 for all.</param>
    public void AddRule(IpPrefix from, byte protocol = 0, ushort port = 0) => _socket.Change(
        Rule(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, from, protocol, port),
        $"route what {from} sends");

    public void RemoveRule(IpPrefix from, byte protocol = 0, ushort port = 0) => _socket.Change(
        Rule(RTM_DELRULE, 0, from, protocol, port), $"route no more what {from} sends");

    /// <summary>Removes every rule that leads to the table.</summary>
    public void ClearRules()
    {
        foreach (byte family in (ReadOnlySpan<byte>)[AF_INET, AF_INET6])
        {
            for (int count = 0; count < MostRules; count++)
            {
                try
                {
                    _socket.Change(
                        Begin(RTM_DELRULE, 0, new() { family = family }), "remove a rule");
                }
                catch (KernelException none)
                    when (none.ErrorNumber is ENOENT or EAFNOSUPPORT or EOPNOTSUPP)
                {
                    break;
                }
            }
        }
    }

    /// <summary>The table leads everything to a gateway.</summary>
    public void SetGateway(int interfaceIndex, IpAddress gateway)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets = octets[..gateway.Write(octets)];
        _socket.Change(
            new NetlinkRequest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE)
                .Add(new rtmsg
                {
                    rtm_family = gateway.IsIpv4 ? AF_INET : AF_INET6,
                    rtm_protocol = RTPROT_STATIC,
                    rtm_type = RTN_UNICAST,
                })
                .Add(RTA_TABLE, number)
                .Add(RTA_GATEWAY, octets)
                .Add(RTA_OIF, interfaceIndex),
            $"route by {gateway}");
    }

    public void Dispose() => _socket.Dispose();

    private NetlinkRequest Rule(
        ushort type, ushort flags, IpPrefix from, byte protocol, ushort port)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets = octets[..from.Network.Write(octets)];
        NetlinkRequest request = Begin(
            type,
            flags,
            new()
            {
                family = from.Address.IsIpv4 ? AF_INET : AF_INET6,
                src_len = (byte)from.Length,
                action = FR_ACT_TO_TBL,
            });
        _ = request.Add(FRA_SRC, octets);
        if (protocol != 0)
        {
            _ = request.Add(FRA_IP_PROTO, [protocol]);
        }

        if (port != 0)
        {
            // struct fib_rule_port_range: first and last, in the machine's order.
            Span<ushort> range = [port, port];
            _ = request.Add(FRA_SPORT_RANGE, MemoryMarshal.AsBytes(range));
        }

        return request;
    }

    private NetlinkRequest Begin(ushort type, ushort flags, fib_rule_hdr header) =>
        new NetlinkRequest(type, flags)
            .Add(header)
            .Add(FRA_TABLE, number)
            .Add(FRA_PRIORITY, number);
}
