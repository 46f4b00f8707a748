using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>Translates between a connection and its entry in the kernel's sync protocol.</summary>
public static class SyncRecords
{
    /// <summary>
    /// False for what is not told: mixed families, and methods that no word of the protocol is for.
    /// </summary>
    /// <remarks>
    /// Full NAT is told as NAT, with the local end in an option of our own: only a twin of ours can
    /// go on with it, a kernel takes it for NAT.
    /// </remarks>
    public static bool TryToEntry(in ConnectionRecord record, out SyncEntry entry)
    {
        entry = default;
        uint? method = record.Method switch
        {
            ForwardingMethod.Nat or ForwardingMethod.FullNat => SyncEntry.Masquerade,
            ForwardingMethod.Direct => SyncEntry.DirectRoute,
            ForwardingMethod.Tunnel => SyncEntry.Tunnel,
            ForwardingMethod.Local => SyncEntry.LocalNode,
            _ => null,
        };
        if (method is not uint flags
            || record.Client.Address.IsIpv4 != record.Virtual.Address.IsIpv4
            || record.Client.Address.IsIpv4 != record.Server.Address.IsIpv4)
        {
            return false;
        }

        // What a server sends past the director is never seen.
        flags |= flags == SyncEntry.Masquerade ? 0 : SyncEntry.NoOutput;
        flags |= record.IsInactive ? SyncEntry.Inactive : 0;
        flags |= record.IsTemplate ? SyncEntry.Template
            : record.Client.Port == 0 ? SyncEntry.NoClientPort : 0;
        flags |= record.Shifts.FromClient.IsNone ? 0 : SyncEntry.ClientShifted;
        flags |= record.Shifts.FromServer.IsNone ? 0 : SyncEntry.ServerShifted;

        // 0 would leave it to the receiver.
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
            (uint)Math.Clamp(seconds, 1, int.MaxValue))
        {
            Shifts = record.Shifts,
            Local = record.IsTemplate ? default : record.Local,
            ControlPort = record.ControlPort,
        };
        return true;
    }

    /// <summary>Appends a record to a message; false when there is no room for it.</summary>
    /// <param name="isTold">
    /// False for what is not told, or ended with its Call-ID since the record was taken.
    /// </param>
    public static bool TryAppend(
        Span<byte> datagram, ref int length, in ConnectionRecord record, out bool isTold)
    {
        isTold = false;
        return !TryToEntry(record, out SyncEntry entry)
            || TryAppend(datagram, ref length, entry, record.CallId, out isTold);
    }

    /// <summary>Appends an entry to a message; false when there is no room for it.</summary>
    /// <param name="isTold">False for one that has ended with its Call-ID.</param>
    public static bool TryAppend(
        Span<byte> datagram,
        ref int length,
        in SyncEntry entry,
        CallIdText ofEntry,
        out bool isTold)
    {
        Span<byte> callId = stackalloc byte[CallIdText.MaximumLength];
        int callIdLength = ofEntry.CopyTo(callId);
        isTold = !entry.IsTemplate || ofEntry.IsNone || callIdLength > 0;
        if (!isTold)
        {
            return true;
        }

        isTold = SyncMessage.TryAppend(
            datagram, ref length, entry, new(SyncEngine.Sip, callId[..callIdLength]));
        return isTold;
    }

    /// <summary>
    /// False for what is neither a connection nor a template of ours: unknown methods, protocols
    /// and states.
    /// </summary>
    public static bool TryToRecord(
        in SyncEntry entry, SyncEngine engine, out ConnectionRecord record)
    {
        record = default;
        ForwardingMethod method = (entry.Flags & SyncEntry.MethodMask) switch
        {
            SyncEntry.Masquerade when entry.Local.Address.IsNone => ForwardingMethod.Nat,
            SyncEntry.Masquerade => ForwardingMethod.FullNat,
            SyncEntry.LocalNode => ForwardingMethod.Local,
            SyncEntry.Tunnel => ForwardingMethod.Tunnel,
            SyncEntry.DirectRoute => ForwardingMethod.Direct,
            _ => ForwardingMethod.Unknown,
        };
        var protocol = (TransportProtocol)entry.Protocol;
        bool isTemplate = entry.IsTemplate;
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
            || !HasOneFamily(entry)
            || (!engine.IsNone && !engine.IsSip))
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

            // 0 stands for the state's own.
            TimeSpan.FromTicks(
                Math.Min(entry.TimeoutSeconds, int.MaxValue) * TimeSpan.TicksPerSecond))
        {
            IsTemplate = isTemplate,
            Mark = entry.Mark,
            CallId = CallIdText.Of(engine.Data),
            Shifts = entry.Shifts,
            Local = isTemplate ? default : entry.Local,
            ControlPort = entry.ControlPort,
        };
        return true;
    }

    /// <summary>IPv4 in the clothes of IPv6 is no address of a packet.</summary>
    private static bool HasOneFamily(in SyncEntry entry)
    {
        bool isIpv4 = entry.Client.Address.IsIpv4;
        return entry.Virtual.Address.IsIpv4 == isIpv4
            && entry.Server.Address.IsIpv4 == isIpv4
            && (entry.Local.Address.IsNone || entry.Local.Address.IsIpv4 == isIpv4);
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
