namespace Steelyard.Linux.Interop;

/// <summary>
/// Constants and structures of linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h.
/// </summary>
internal static partial class Libc
{
    internal const int NETLINK_NETFILTER = 12;

    internal const ushort NLM_F_APPEND = 0x800;
    internal const ushort NFNL_MSG_BATCH_BEGIN = 16;
    internal const ushort NFNL_MSG_BATCH_END = 17;
    internal const ushort NFNL_SUBSYS_NFTABLES = 10;
    internal const byte NFPROTO_INET = 1;
    internal const int NF_INET_PRE_ROUTING = 0;
    internal const int NF_DROP = 0;
    internal const int NF_ACCEPT = 1;

    internal const ushort NFT_MSG_NEWTABLE = 0;
    internal const ushort NFT_MSG_DELTABLE = 2;
    internal const ushort NFT_MSG_NEWCHAIN = 3;
    internal const ushort NFT_MSG_NEWRULE = 6;
    internal const int NFT_TABLE_F_OWNER = 2;

    internal const ushort NFTA_TABLE_NAME = 1;
    internal const ushort NFTA_TABLE_FLAGS = 2;
    internal const ushort NFTA_CHAIN_TABLE = 1;
    internal const ushort NFTA_CHAIN_NAME = 3;
    internal const ushort NFTA_CHAIN_HOOK = 4;
    internal const ushort NFTA_CHAIN_TYPE = 7;
    internal const ushort NFTA_HOOK_HOOKNUM = 1;
    internal const ushort NFTA_HOOK_PRIORITY = 2;
    internal const ushort NFTA_RULE_TABLE = 1;
    internal const ushort NFTA_RULE_CHAIN = 2;
    internal const ushort NFTA_RULE_EXPRESSIONS = 4;
    internal const ushort NFTA_LIST_ELEM = 1;
    internal const ushort NFTA_EXPR_NAME = 1;
    internal const ushort NFTA_EXPR_DATA = 2;

    internal const int NFT_REG_VERDICT = 0;
    internal const int NFT_REG_1 = 1;
    internal const ushort NFTA_META_DREG = 1;
    internal const ushort NFTA_META_KEY = 2;
    internal const int NFT_META_IIFNAME = 6;
    internal const int NFT_META_NFPROTO = 15;
    internal const ushort NFTA_CMP_SREG = 1;
    internal const ushort NFTA_CMP_OP = 2;
    internal const ushort NFTA_CMP_DATA = 3;
    internal const int NFT_CMP_EQ = 0;
    internal const ushort NFTA_PAYLOAD_DREG = 1;
    internal const ushort NFTA_PAYLOAD_BASE = 2;
    internal const ushort NFTA_PAYLOAD_OFFSET = 3;
    internal const ushort NFTA_PAYLOAD_LEN = 4;
    internal const int NFT_PAYLOAD_NETWORK_HEADER = 1;
    internal const ushort NFTA_IMMEDIATE_DREG = 1;
    internal const ushort NFTA_IMMEDIATE_DATA = 2;
    internal const ushort NFTA_DATA_VALUE = 1;
    internal const ushort NFTA_DATA_VERDICT = 2;
    internal const ushort NFTA_VERDICT_CODE = 1;

    internal struct nfgenmsg
    {
        internal byte nfgen_family;
        internal byte version;
        internal ushort res_id;
    }
}
