namespace Steelyard.Linux.Interop;

/// <summary>Instructions of classic BPF; linux/filter.h and linux/bpf_common.h.</summary>
internal static partial class Libc
{
    /// <summary>Load a word, half-word or byte at a fixed offset.</summary>
    internal const ushort BPF_LD_W_ABS = 0x20;
    internal const ushort BPF_LD_H_ABS = 0x28;
    internal const ushort BPF_LD_B_ABS = 0x30;

    /// <summary>Compare with a constant, and skip that many instructions.</summary>
    internal const ushort BPF_JEQ_K = 0x15;
    internal const ushort BPF_JGT_K = 0x25;
    internal const ushort BPF_JGE_K = 0x35;
    internal const ushort BPF_JA = 0x05;

    /// <summary>End; the constant is how many bytes are kept, and 0 refuses the frame.</summary>
    internal const ushort BPF_RET_K = 0x06;

    /// <summary>Loads from here on read the frame's metadata.</summary>
    internal const uint SKF_AD_OFF = 0xFFFF_F000;
    internal const uint SKF_AD_VLAN_TAG_PRESENT = 48;
    internal const uint SKF_AD_VLAN_TPID = 60;

    internal struct sock_filter
    {
        internal ushort code;
        internal byte jt;
        internal byte jf;
        internal uint k;
    }

    internal unsafe struct sock_fprog
    {
        internal ushort len;
        internal sock_filter* filter;
    }
}
