using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Connections;

/// <summary>
/// Connections that another one announced, as FTP's control connection does its data connections.
/// </summary>
internal sealed class Expectations(
    ConnectionStore store, ConnectionProgress progress, Timeouts timeouts)
{
    private const int Nothing = -1;

    /// <summary>How many were announced, and have not begun.</summary>
    public int Count => store.Expected;

    /// <summary>
    /// Makes one whose first packet is still to come; it waits in LISTEN. A client's port of 0 fits
    /// any.
    /// </summary>
    /// <returns>Its handle; -1 when the table is full.</returns>
    public int Add(in NewConnection wanted, Instant now)
    {
        int handle = store.Insert(wanted, now + Timeouts.Initial, now);
        if (handle >= 0)
        {
            progress.Enter(
                handle, ConnectionState.Listen, now + timeouts[ConnectionState.Listen], now);
        }

        return handle;
    }

    /// <summary>
    /// The one that was announced for this client, on whichever of its ports; it has this port from
    /// now on. -1 when none was.
    /// </summary>
    public int Find(in FlowKey flow)
    {
        if (store.Expected == 0 || flow.Client.Port == 0)
        {
            return Nothing;
        }

        int handle = store.Directory.Find(
            flow.Protocol, flow.Client with { Port = 0 }, flow.Virtual, out FlowDirection sender);
        if (handle < 0
            || sender != FlowDirection.FromClient
            || (store[handle].Flags & ConnectionFlags.Expected) == 0
            || store.Servers[store[handle].ServerSlot].IsRemoved)
        {
            return Nothing;
        }

        store.Meet(handle, flow.Client.Port);
        return handle;
    }
}
