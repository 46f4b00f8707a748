using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>Translates between a connection and its entry in the kernel's sync protocol.</summary>
public static class SyncRecords
{
    /// <summary>
    /// False for what is not told: full NAT, mixed families, templates for a Call-ID.
    /// </summary>
    public static bool TryToEntry(in ConnectionRecord record, out SyncEntry entry)
    {
        entry = default;
        uint? method = record.Method switch
        {
            ForwardingMethod.Nat => SyncEntry.Masquerade,
            ForwardingMethod.Direct => SyncEntry.DirectRoute,
            ForwardingMethod.Tunnel => SyncEntry.Tunnel,
            ForwardingMethod.Local => SyncEntry.LocalNode,
            _ => null,
        };
        if (method is not uint flags
            || !record.CallId.IsNone
            || record.Client.Address.IsIpv4 != record.Virtual.Address.IsIpv4
            || record.Client.Address.IsIpv4 != record.Server.Address.IsIpv4)
        {
            return false;
        }

        // What a server sends past the director is never seen.
        flags |= record.Method == ForwardingMethod.Nat ? 0 : SyncEntry.NoOutput;
        flags |= record.IsInactive ? SyncEntry.Inactive : 0;
        flags |= record.IsTemplate ? SyncEntry.Template
            : record.Client.Port == 0 ? SyncEntry.NoClientPort : 0;
        long seconds =
            (record.Timeout.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        entry = new(
            (byte)record.Protocol,
            flags,
            NumberOf(record.State),
            record.Client,
            record.Virtual,
            record.Server,
            record.Mark,
            (uint)Math.Clamp(seconds, 0, int.MaxValue));
        return true;
    }

    /// <summary>
    /// False for what is neither a connection nor a template of ours: unknown methods, protocols
    /// and states.
    /// </summary>
    public static bool TryToRecord(in SyncEntry entry, out ConnectionRecord record)
    {
        record = default;
        ForwardingMethod method = (entry.Flags & SyncEntry.MethodMask) switch
        {
            SyncEntry.Masquerade => ForwardingMethod.Nat,
            SyncEntry.LocalNode => ForwardingMethod.Local,
            SyncEntry.Tunnel => ForwardingMethod.Tunnel,
            SyncEntry.DirectRoute => ForwardingMethod.Direct,
            _ => ForwardingMethod.Unknown,
        };
        var protocol = (TransportProtocol)entry.Protocol;
        bool isTemplate = (entry.Flags & SyncEntry.Template) != 0;
        bool isKnown = protocol switch
        {
            // A firewall mark's template carries whatever its clients do.
            TransportProtocol.Unknown => isTemplate && entry is { State: <= 1, Mark: not 0 },
            TransportProtocol.Tcp => entry.State <= (ushort)ConnectionState.SynAck,
            TransportProtocol.Udp => entry.State == 0 || (isTemplate && entry.State == 1),
            TransportProtocol.Sctp => SctpStates.TryFind(entry.State, out _),
            _ => false,
        };
        if (!isKnown
            || method == ForwardingMethod.Unknown
            || entry.HasEngineData)
        {
            return false;
        }

        record = new(
            protocol,
            entry.Client,
            entry.Virtual,
            entry.Server,
            method,
            isTemplate ? StateOfTemplate(entry.State) : StateOf(protocol, entry.State),
            (entry.Flags & SyncEntry.Inactive) != 0,
            TimeSpan.FromTicks(
                Math.Min(entry.TimeoutSeconds, int.MaxValue) * TimeSpan.TicksPerSecond))
        {
            IsTemplate = isTemplate,
            Mark = entry.Mark,
        };
        return true;
    }

    /// <summary>Each protocol's states are numbered from 0.</summary>
    private static ushort NumberOf(ConnectionState state) => state switch
    {
        ConnectionState.Udp => 0,
        > ConnectionState.Udp => (ushort)SctpStates.NumberOf(state),
        _ => (ushort)state,
    };

    /// <summary>1 for one that a server has answered by.</summary>
    private static ConnectionState StateOfTemplate(ushort number) =>
        number == 0 ? ConnectionState.None : ConnectionState.Established;

    private static ConnectionState StateOf(TransportProtocol protocol, ushort number)
    {
        if (protocol == TransportProtocol.Sctp
            && SctpStates.TryFind(number, out ConnectionState state))
        {
            return state;
        }

        return protocol == TransportProtocol.Udp ? ConnectionState.Udp : (ConnectionState)number;
    }
}
