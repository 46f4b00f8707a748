using System;
using Steelyard.Core.Services;

namespace Steelyard.Core.Configuration;

/// <summary><c>lvs_settings</c>: the switches of LVS under the names of its sysctls.</summary>
internal sealed class LvsSettingsBinding(ValueReader values)
{
    private const int MaximumRate = 1_000_000;

    // 31 days, in seconds: as long as any timeout of LVS.
    private const int LongestExpiration = 31 * 24 * 3600;

    public LvsSettings Bind(Statement block, LvsSettings settings)
    {
        BlockScope scope = new("lvs_settings", values.Faults);
        foreach (Statement statement in block.Block ?? [])
        {
            if (scope.Accepts(statement))
            {
                settings = BindOne(statement, settings);
            }
        }

        return settings;
    }

    private LvsSettings BindOne(Statement statement, LvsSettings settings)
    {
        switch (statement.Keyword.Text)
        {
            case "expire_nodest_conn":
                return settings with { ExpireNodestConn = Switch(statement) };
            case "expire_quiescent_template":
                return settings with { ExpireQuiescentTemplate = Switch(statement) };
            case "conn_reuse_mode":
                return settings with { ConnReuseMode = Mode(statement) };
            case "drop_entry":
                return settings with { DropEntry = Mode(statement) };
            case "drop_packet":
                return settings with { DropPacket = Mode(statement) };
            case "secure_tcp":
                return settings with { SecureTcp = Mode(statement) };
            case "sloppy_tcp":
                return settings with { SloppyTcp = Switch(statement) };
            case "sloppy_sctp":
                return settings with { SloppySctp = Switch(statement) };
            case "schedule_icmp":
                return settings with { ScheduleIcmp = Switch(statement) };
            case "pmtu_disc":
                return settings with { PmtuDisc = Switch(statement) };
            case "nat_icmp_send":
                return settings with { NatIcmpSend = Switch(statement) };
            case "am_droprate":
                int? rate = values.Number(statement, 1, MaximumRate);
                return settings with { AmDroprate = rate ?? settings.AmDroprate };
            case "service_share":
                return settings with { ServiceShare = Share(statement) };
            case "source_share":
                return settings with { SourceShare = Share(statement) };
            case "lblc_expiration":
                return settings with { LblcExpiration = Span(statement) };
            case "lblcr_expiration":
                return settings with { LblcrExpiration = Span(statement) };
            default:
                Binder.SayUnbound(statement);
                return settings;
        }
    }

    private bool Switch(Statement statement) => values.Number(statement, 0, 1) == 1;

    private int Share(Statement statement) => values.Number(statement, 1, 100) ?? 100;

    private TimeSpan Span(Statement statement) =>
        TimeSpan.FromSeconds(values.Number(statement, 0, LongestExpiration) ?? 0);

    private int Mode(Statement statement) => values.Number(statement, 0, 3) ?? 0;
}
