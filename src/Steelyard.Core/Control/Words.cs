using System.Text.Json;
using Steelyard.Core.Connections;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Hardware;
using Steelyard.Core.Health;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control;

/// <summary>
/// The one vocabulary of commands, topics and pages for what Core holds as enums.
/// </summary>
public static class Words
{
    public static string Of(VirtualRouterState state) => state switch
    {
        VirtualRouterState.Master => "MASTER",
        VirtualRouterState.Backup => "BACKUP",
        VirtualRouterState.Fault => "FAULT",
        _ => "INIT",
    };

    public static string Of(HealthState state) => state switch
    {
        HealthState.Up => "up",
        HealthState.Down => "down",
        HealthState.Drain => "drain",
        _ => "unknown",
    };

    public static string Of(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Nat => "nat",
        ForwardingMethod.Direct => "direct",
        ForwardingMethod.Tunnel => "tunnel",
        ForwardingMethod.Local => "local",
        ForwardingMethod.FullNat => "fullnat",
        _ => "unknown",
    };

    internal static string Of(SettingsOrigin origin) => Snake(origin.ToString());

    /// <summary>As in <c>drops</c>.</summary>
    public static string Of(DropReason reason) => Snake(reason.ToString());

    /// <summary>As in <c>refused</c>.</summary>
    public static string Of(SyncRefusal reason) => Snake(reason.ToString());

    public static string Of(ExplanationKind kind) => Snake(kind.ToString());

    /// <summary>As in the listings of LVS: ESTABLISHED, SYN_RECV and so on.</summary>
    public static string Of(ConnectionState state) => state switch
    {
        ConnectionState.SynReceived => "SYN_RECV",
        ConnectionState.SynAck => "SYNACK",
        ConnectionState.SctpInit1 => "INIT1",
        ConnectionState.SctpInit => "INIT",
        ConnectionState.SctpCookieSent => "C-SENT",
        ConnectionState.SctpCookieReplied => "C-REPLIED",
        ConnectionState.SctpCookieWait => "C-WAIT",
        ConnectionState.SctpCookie => "COOKIE",
        ConnectionState.SctpCookieEchoed => "C-ECHOED",
        ConnectionState.SctpEstablished => "ESTABLISHED",
        ConnectionState.SctpShutdownSent => "S-SENT",
        ConnectionState.SctpShutdownReceived => "S-RECEIVED",
        ConnectionState.SctpShutdownAckSent => "S-ACK-SENT",
        ConnectionState.SctpRejected => "REJECTED",
        ConnectionState.SctpClosed => "CLOSED",
        _ => Snake(state.ToString()).ToUpperInvariant(),
    };

    public static string Of(LedPattern pattern) => pattern switch
    {
        LedPattern.On => "on",
        LedPattern.Blink => "blink",
        LedPattern.FastBlink => "fast_blink",
        _ => "off",
    };

    public static string Of(HardwareAlarm alarm) => Snake(alarm.ToString());

    /// <summary>Words in small letters, joined by underscores.</summary>
    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
