using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Connections;

/// <summary>
/// What persistent clients were promised: a template names a server for a client, or for a part of
/// the net, and lives on while connections made by it do.
/// </summary>
internal sealed class Templates(ConnectionStore store)
{
    // A template that nothing finds any more is listed with this port, as LVS does.
    private const ushort Nowhere = ushort.MaxValue;

    /// <summary>Whether another template can be for a Call-ID.</summary>
    public bool HasRoomForCallId => store.CallIds.HasRoom;

    /// <summary>From now on templates may be for Call-IDs.</summary>
    public void AllocateCallIds() => store.CallIds.Allocate();

    /// <summary>The template of a client and a service; -1 when there is none.</summary>
    /// <param name="flow">
    /// Protocol, masked client without port, and what the client was promised a server for.
    /// </param>
    /// <param name="callId">The dialogue that it is for; empty for all that the client does.
    /// </param>
    public int Find(in FlowKey flow, ReadOnlySpan<byte> callId) =>
        store.Directory.FindTemplate(flow, callId);

    /// <summary>Makes a template; -1 when the table is full.</summary>
    public int Create(
        RealServer server,
        in FlowKey flow,
        ReadOnlySpan<byte> callId,
        uint mark,
        TimeSpan timeout,
        Instant now)
    {
        int slot = callId.IsEmpty ? -1 : store.CallIds.Add(callId);
        if (slot < 0 && !callId.IsEmpty)
        {
            return -1;
        }

        int handle = store.Insert(
            new NewConnection
            {
                Flow = flow,
                Server = server,
                Method = server.Method,
                IsTemplate = true,
                Mark = mark,
                CallIdSlot = slot,
            },
            now + timeout,
            now);
        if (handle >= 0)
        {
            store.RestFor(handle).FixedTimeout = DeadlineWheel.TicksOf(timeout);
        }
        else if (slot >= 0)
        {
            store.CallIds.Remove(slot);
        }

        return handle;
    }

    /// <summary>A connection was made by it: it stays for another timeout.</summary>
    public void Renew(int handle, Instant now)
    {
        uint deadline =
            unchecked(DeadlineWheel.TickOf(now) + store.Rest(handle).FixedTimeout);
        store.Wheel.Move(handle, deadline, now);
    }

    /// <summary>
    /// Its server takes nobody any more: nothing finds the template, and it ends in its time.
    /// </summary>
    public void Invalidate(int handle)
    {
        if (store[handle].VirtualPort != Nowhere)
        {
            store.RestFor(handle).ServerPort = Nowhere;
            store[handle].Flags |= ConnectionFlags.HasOwnEnds;
            store.Rename(handle, 0, Nowhere);
        }
    }
}
