using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// Connections that the twin tells of: it has made them, and we must be able to go on with them.
/// </summary>
internal sealed class Learning(
    ConnectionTable table, ConnectionStore store, ConnectionProgress progress)
{
    private const int Nothing = -1;

    // What the kernel gives a template of which it was not told more.
    private static readonly TimeSpan TemplateTimeout = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Makes or updates a connection. One of the same client that is another one gives way, unless
    /// the news is that it had ended.
    /// </summary>
    /// <param name="record">The news.</param>
    /// <param name="server">Its server; a stranger when no service of ours has it.</param>
    /// <param name="template">The template that made the connection; -1 for none.</param>
    /// <param name="longestTemplate">The most that a template lasts.</param>
    /// <param name="now">The turn's time.</param>
    /// <returns>Its handle; -1 when the table is full, or the news was old or is none.</returns>
    public int Learn(
        in ConnectionRecord record,
        RealServer server,
        int template,
        TimeSpan longestTemplate,
        Instant now)
    {
        if (!TryFindState(record, out ConnectionState state))
        {
            return Nothing;
        }

        Span<byte> octets = stackalloc byte[CallIdText.MaximumLength];
        ReadOnlySpan<byte> callId =
            record.IsTemplate ? octets[..record.CallId.CopyTo(octets)] : default;
        int handle = Find(record, callId, state);
        if (handle >= 0 && !IsStill(handle, record, server, out bool isOldNews))
        {
            if (isOldNews)
            {
                return Nothing;
            }

            table.Remove(handle);
            handle = Nothing;
        }

        TimeSpan timeout = TimeoutOf(record, state, longestTemplate);
        Instant deadline = now + timeout;
        if (handle < 0)
        {
            handle = Insert(record, server, callId, state, deadline, now);
        }

        if (handle < 0)
        {
            return Nothing;
        }

        if (record.IsTemplate)
        {
            ref ConnectionRest rest = ref store.RestFor(handle);
            rest.FixedTimeout = uint.Max(rest.FixedTimeout, DeadlineWheel.TicksOf(timeout));
            store.Wheel.Move(handle, DeadlineWheel.TickOf(deadline), now);
            store[handle].CurrentState = record.State == ConnectionState.Established
                ? ConnectionState.Established
                : store[handle].CurrentState;
        }
        else
        {
            progress.Enter(handle, state, deadline, now);
            TieTo(handle, record, template);
            AdoptShifts(handle, record);
        }

        if (!store[handle].IsEmbryonic)
        {
            // Whether it was proven is the twin's to know: what has begun is not to be lost.
            store.Room.Prove(handle);
        }

        table.OnTold(handle);
        return handle;
    }

    private static bool TryFindState(in ConnectionRecord record, out ConnectionState state)
    {
        state = record.State;
        switch (record.Protocol)
        {
            case TransportProtocol.Tcp:
                return state <= ConnectionState.SynAck;
            case TransportProtocol.Sctp:
                return record.IsTemplate || SctpStates.Has(state);
            default:
                state = ConnectionState.Udp;
                return true;
        }
    }

    /// <summary>
    /// What is left of it with the twin, and never more than it would get here: a record that says
    /// 31 days makes no connection of 31 days.
    /// </summary>
    private TimeSpan TimeoutOf(
        in ConnectionRecord record, ConnectionState state, TimeSpan longestTemplate)
    {
        TimeSpan longest = record.IsTemplate ? longestTemplate : table.Timeouts[state];
        TimeSpan timeout = record.Timeout > TimeSpan.Zero ? record.Timeout
            : record.IsTemplate ? TemplateTimeout
            : longest;
        return timeout < longest ? timeout : longest;
    }

    /// <summary>The one that is known; one that was announced is met by its client.</summary>
    private int Find(
        in ConnectionRecord record, ReadOnlySpan<byte> callId, ConnectionState state)
    {
        FlowKey flow = new(record.Protocol, record.Client, record.Virtual);
        if (record.IsTemplate)
        {
            return table.Templates.Find(flow, callId);
        }

        int handle = table.Find(
            record.Protocol, record.Client, record.Virtual, out FlowDirection direction);
        if (handle >= 0 && direction == FlowDirection.FromClient)
        {
            return handle;
        }

        return record.Protocol == TransportProtocol.Tcp && state != ConnectionState.Listen
            ? table.Expectations.Find(flow)
            : Nothing;
    }

    /// <summary>
    /// Whether what is known is what the news is of: the same server, by the same way; and not one
    /// that we know better by now.
    /// </summary>
    /// <param name="isOldNews">It is of one that had ended, and was replaced since.</param>
    private bool IsStill(
        int handle, in ConnectionRecord record, RealServer server, out bool isOldNews)
    {
        RealServer known = table.Server(handle);
        bool isSame = IsSame(handle, record);
        bool isBetterKnown = isSame && known != server && !server.IsStranger;
        isOldNews = record is { IsInactive: true, IsTemplate: false }
            && !(isBetterKnown && known.IsStranger);
        return isSame && !isBetterKnown;
    }

    private bool IsSame(int handle, in ConnectionRecord record)
    {
        Endpoint server = store.ServerEndpoint(handle);
        if (record.IsTemplate)
        {
            return server.Address == record.Server.Address;
        }

        ForwardingMethod method = store[handle].Method;
        bool isOneWay = method == record.Method
            || method == ForwardingMethod.Local
            || record.Method == ForwardingMethod.Local;
        return isOneWay
            && server == record.Server
            && (method != ForwardingMethod.FullNat
                || store.PeerOfServer(handle) == record.Local);
    }

    private int Insert(
        in ConnectionRecord record,
        RealServer server,
        ReadOnlySpan<byte> callId,
        ConnectionState state,
        Instant deadline,
        Instant now)
    {
        int slot = callId.IsEmpty ? Nothing : store.CallIds.Add(callId);
        if (slot < 0 && !callId.IsEmpty)
        {
            return Nothing;
        }

        // What is local to the twin is not to us, and the reverse.
        bool isLocal = record.Method == ForwardingMethod.Local
            || server.Method == ForwardingMethod.Local;
        NewConnection wanted = new()
        {
            Flow = new(record.Protocol, record.Client, record.Virtual),
            Server = server,
            Method = isLocal ? server.Method : record.Method,
            IsTemplate = record.IsTemplate,
            IsExpected = record is { Protocol: TransportProtocol.Tcp, IsTemplate: false }
                && state == ConnectionState.Listen,
            Mark = record.Mark,
            Local = record.Local,
            CallIdSlot = slot,
            ServerPort =
                record.Server.Port == server.Endpoint.Port ? (ushort)0 : record.Server.Port,
        };
        int handle = store.Insert(wanted, deadline, now);
        if (handle < 0 && slot >= 0)
        {
            store.CallIds.Remove(slot);
        }

        return handle;
    }

    /// <summary>
    /// As with the twin: it hangs on the FTP session that announced it, else on its template.
    /// </summary>
    private void TieTo(int handle, in ConnectionRecord record, int template)
    {
        // A session of FTP hangs on no other: so there are no rings.
        bool isAnnounced = record is
        {
            ControlPort: not 0,
            Protocol: TransportProtocol.Tcp,
            Virtual.Port: not FtpPorts.Control,
        };
        int controller = isAnnounced
            ? table.Find(
                record.Protocol,
                record.Client with { Port = record.ControlPort },
                record.Virtual with { Port = FtpPorts.Control },
                out _)
            : template;
        if (controller >= 0
            && !table.IsControlled(handle)
            && table.Server(controller) == table.Server(handle))
        {
            store.Tie(handle, controller);
        }
    }

    private void AdoptShifts(int handle, in ConnectionRecord record)
    {
        bool isFtp = record is
        {
            Protocol: TransportProtocol.Tcp,
            Method: ForwardingMethod.Nat or ForwardingMethod.FullNat or ForwardingMethod.Local,
            Virtual.Port: FtpPorts.Control,
        };
        if (isFtp && !record.Shifts.IsNone && store.TryGiveShifts(handle))
        {
            ref ShiftPair shifts = ref store.Shifts(handle);
            shifts.FromClient.Adopt(record.Shifts.FromClient);
            shifts.FromServer.Adopt(record.Shifts.FromServer);
        }
    }
}
