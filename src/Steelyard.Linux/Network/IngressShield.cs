using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// Keeps the kernel's own stack from what comes in for some addresses, after packet sockets have
/// seen it: an nftables table of one chain. The kernel removes the table when its owner, this
/// object's socket, is closed, also by the end of a killed process (NFT_TABLE_F_OWNER, Linux 5.12).
/// </summary>
/// <remarks>Works in the network namespace of the thread that made it.</remarks>
public sealed class IngressShield : IDisposable
{
    private const string Chain = "ingress";

    // Before connection tracking, which shall not see them either (NF_IP_PRI_RAW is −300).
    private const int Priority = -450;

    private readonly string _table = $"steelyard-{Environment.ProcessId}";
    private readonly string[] _open;
    private NetlinkSocket? _socket;

    /// <param name="open">Interfaces by which the kernel gets everything.</param>
    public IngressShield(params ReadOnlySpan<string> open) => _open = open.ToArray();

    /// <summary>Shields exactly these addresses; one transaction, no packet in between.</summary>
    /// <exception cref="KernelException">The kernel refuses; nothing is shielded then.</exception>
    public void Set(IReadOnlyCollection<IpAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            Dispose();
            return;
        }

        bool isNew = _socket is null;
        _socket ??= new NetlinkSocket(groups: 0, NETLINK_NETFILTER);
        try
        {
            _socket.ChangeAll(Batch(addresses, isNew), "keep virtual addresses from the kernel");
        }
        catch (KernelException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private List<NetlinkRequest> Batch(IReadOnlyCollection<IpAddress> addresses, bool isNew)
    {
        List<NetlinkRequest> batch = [Edge(NFNL_MSG_BATCH_BEGIN)];
        if (!isNew)
        {
            batch.Add(Begin(NFT_MSG_DELTABLE, 0).Add(NFTA_TABLE_NAME, _table));
        }

        batch.Add(Begin(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL)
            .Add(NFTA_TABLE_NAME, _table)
            .Add(NFTA_TABLE_FLAGS, BigEndian(NFT_TABLE_F_OWNER)));
        batch.Add(Begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE)
            .Add(NFTA_CHAIN_TABLE, _table)
            .Add(NFTA_CHAIN_NAME, Chain)
            .Add(NFTA_CHAIN_TYPE, "filter")
            .Nest(NFTA_CHAIN_HOOK, hook => hook
                .Add(NFTA_HOOK_HOOKNUM, BigEndian(NF_INET_PRE_ROUTING))
                .Add(NFTA_HOOK_PRIORITY, BigEndian(Priority))));
        foreach (string name in _open)
        {
            byte[] padded = new byte[IFNAMSIZ];
            _ = Encoding.UTF8.GetBytes(name, padded);
            batch.Add(Rule(list =>
            {
                Load(list, NFT_META_IIFNAME);
                Compare(list, padded);
                Verdict(list, NF_ACCEPT);
            }));
        }

        foreach (IpAddress address in addresses)
        {
            batch.Add(Rule(list => DropFor(list, address)));
        }

        batch.Add(Edge(NFNL_MSG_BATCH_END));
        return batch;
    }

    private static void DropFor(NetlinkRequest list, IpAddress address)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets = octets[..address.Write(octets)];
        Load(list, NFT_META_NFPROTO);
        Compare(list, [address.IsIpv4 ? AF_INET : AF_INET6]);
        int offset = address.IsIpv4 ? 16 : 24; // the destination: RFC 791 §3.1, RFC 8200 §3
        int length = octets.Length;
        Add(list, "payload", data => data
            .Add(NFTA_PAYLOAD_DREG, BigEndian(NFT_REG_1))
            .Add(NFTA_PAYLOAD_BASE, BigEndian(NFT_PAYLOAD_NETWORK_HEADER))
            .Add(NFTA_PAYLOAD_OFFSET, BigEndian(offset))
            .Add(NFTA_PAYLOAD_LEN, BigEndian(length)));
        Compare(list, octets);
        Verdict(list, NF_DROP);
    }

    private static void Load(NetlinkRequest list, int key) => Add(list, "meta", data => data
        .Add(NFTA_META_DREG, BigEndian(NFT_REG_1))
        .Add(NFTA_META_KEY, BigEndian(key)));

    private static void Compare(NetlinkRequest list, ReadOnlySpan<byte> value)
    {
        byte[] kept = value.ToArray();
        Add(list, "cmp", data => data
            .Add(NFTA_CMP_SREG, BigEndian(NFT_REG_1))
            .Add(NFTA_CMP_OP, BigEndian(NFT_CMP_EQ))
            .Nest(NFTA_CMP_DATA, it => it.Add(NFTA_DATA_VALUE, kept)));
    }

    private static void Verdict(NetlinkRequest list, int verdict) =>
        Add(list, "immediate", data => data
            .Add(NFTA_IMMEDIATE_DREG, BigEndian(NFT_REG_VERDICT))
            .Nest(NFTA_IMMEDIATE_DATA, it => it.Nest(NFTA_DATA_VERDICT, code => code
                .Add(NFTA_VERDICT_CODE, BigEndian(verdict)))));

    private static void Add(
        NetlinkRequest list, string expression, Action<NetlinkRequest> data) =>
        _ = list.Nest(NFTA_LIST_ELEM, it => it
            .Add(NFTA_EXPR_NAME, expression)
            .Nest(NFTA_EXPR_DATA, data));

    private NetlinkRequest Rule(Action<NetlinkRequest> expressions) =>
        Begin(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND)
            .Add(NFTA_RULE_TABLE, _table)
            .Add(NFTA_RULE_CHAIN, Chain)
            .Nest(NFTA_RULE_EXPRESSIONS, expressions);

    private static NetlinkRequest Begin(ushort message, ushort flags) =>
        new NetlinkRequest((ushort)(NFNL_SUBSYS_NFTABLES << 8 | message), flags)
            .Add(new nfgenmsg { nfgen_family = NFPROTO_INET });

    private static NetlinkRequest Edge(ushort message) =>
        new NetlinkRequest(message, 0).Add(new nfgenmsg
        {
            res_id = BinaryPrimitives.ReverseEndianness(NFNL_SUBSYS_NFTABLES),
        });

    private static byte[] BigEndian(int value)
    {
        byte[] octets = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(octets, value);
        return octets;
    }
}
