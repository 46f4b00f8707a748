using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Steelyard.Linux.Processes;

/// <summary>The rights that the calling thread has now; see capabilities(7).</summary>
public readonly record struct Capabilities(ulong Effective)
{
    private const string StatusFile = "/proc/thread-self/status";
    private const string EffectiveWord = "CapEff:";
    private const int NetAdminBit = 12;
    private const int NetRawBit = 13;
    private const int SysAdminBit = 21;
    private const int SysNiceBit = 23;

    /// <summary>CAP_NET_ADMIN: routes, addresses, large socket buffers.</summary>
    public bool HasNetAdmin => Has(NetAdminBit);

    /// <summary>CAP_NET_RAW: packet sockets.</summary>
    public bool HasNetRaw => Has(NetRawBit);

    /// <summary>CAP_SYS_ADMIN: network namespaces.</summary>
    public bool HasSysAdmin => Has(SysAdminBit);

    /// <summary>CAP_SYS_NICE: real-time scheduling.</summary>
    public bool HasSysNice => Has(SysNiceBit);

    /// <summary>
    /// What the balancer cannot run without and lacks, by name; empty when all is there.
    /// </summary>
    public IReadOnlyList<string> MissingToRun
    {
        get
        {
            List<string> missing = [];
            if (!HasNetAdmin)
            {
                missing.Add("CAP_NET_ADMIN");
            }

            if (!HasNetRaw)
            {
                missing.Add("CAP_NET_RAW");
            }

            return missing;
        }
    }

    public static Capabilities Read() => Parse(File.ReadLines(StatusFile));

    internal static Capabilities Parse(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            if (line.StartsWith(EffectiveWord, StringComparison.Ordinal)
                && ulong.TryParse(
                    line.AsSpan(EffectiveWord.Length).Trim(),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out ulong bits))
            {
                return new(bits);
            }
        }

        return default;
    }

    private bool Has(int bit) => (Effective & (1UL << bit)) != 0;
}
