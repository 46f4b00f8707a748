using System;
using System.Globalization;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;

namespace Steelyard.Tests.Golden;

/// <summary>The recordings' sysctls, as our settings.</summary>
internal sealed class Sysctls(GoldenWorld world)
{
    private const string Prefix = "net.ipv4.vs.";

    private LvsSettings _settings = LvsSettings.Default;

    public void Set(string name, string value)
    {
        Assert.StartsWith(Prefix, name);
        bool isNumber =
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        bool isOn = isNumber && number != 0;
        _settings = name[Prefix.Length..] switch
        {
            "expire_nodest_conn" => _settings with { ExpireNodestConn = isOn },
            "expire_quiescent_template" => _settings with { ExpireQuiescentTemplate = isOn },
            "conn_reuse_mode" => _settings with { ConnReuseMode = number },
            "sloppy_tcp" => _settings with { SloppyTcp = isOn },
            "sloppy_sctp" => _settings with { SloppySctp = isOn },
            "nat_icmp_send" => _settings with { NatIcmpSend = isOn },
            "schedule_icmp" => _settings with { ScheduleIcmp = isOn },
            "pmtu_disc" => _settings with { PmtuDisc = isOn },
            "drop_entry" => _settings with { DropEntry = number },
            "drop_packet" => _settings with { DropPacket = number },
            "secure_tcp" => _settings with { SecureTcp = number },
            "lblc_expiration" => _settings with { LblcExpiration = TimeSpan.FromSeconds(number) },
            "lblcr_expiration" =>
                _settings with { LblcrExpiration = TimeSpan.FromSeconds(number) },
            "am_droprate" => _settings with { AmDroprate = number },

            // The recordings' virtual addresses are the director's own, which it never bypasses.
            "cache_bypass" => _settings,

            // Of the sync daemon; the twin has its own way.
            string other when other.StartsWith("sync_", StringComparison.Ordinal) => _settings,
            _ => throw new NotSupportedException(name),
        };
        world.Command(new SetLvsSettings(_settings));
    }
}
