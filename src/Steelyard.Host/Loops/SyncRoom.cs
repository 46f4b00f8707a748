using System;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Routing;
using Steelyard.Host.Logging;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// The sockets of connection replication: the twin's, and those of the sync daemons that commands
/// have started. Each is open while it is wanted and its interface is up.
/// </summary>
internal sealed class SyncRoom(PortPoller poller, WorldEffects effects, ILogger log) : IDisposable
{
    /// <summary>The longest that UDP can carry; the sender chooses.</summary>
    private const int LongestDatagram = ushort.MaxValue;

    /// <summary>
    /// Datagrams of one socket in one turn, so that a flood of them holds up no advert.
    /// </summary>
    private const int DatagramsPerTurn = 64;

    private readonly byte[] _datagram = new byte[LongestDatagram];
    private SyncConfig? _master;
    private SyncConfig? _backup;
    private bool _complained;

    /// <summary>A sync daemon was started or stopped since the last look.</summary>
    public bool IsBehind(Controller controller) =>
        controller.Daemons.Master != _master || controller.Daemons.Backup != _backup;

    /// <summary>Opens and closes sockets by what is wanted now.</summary>
    public void Reconcile(Controller controller)
    {
        NetworkPicture network = controller.Network;
        _master = controller.Daemons.Master;
        _backup = controller.Daemons.Backup;
        effects.Twin = Reconcile(effects.Twin, controller.Config.Sync, true, network);
        effects.SyncMaster =
            Reconcile(effects.SyncMaster, _master, false, network);
        effects.SyncBackup =
            Reconcile(effects.SyncBackup, _backup, true, network);
    }

    /// <summary>Hands what has arrived to the controller.</summary>
    public void TakeDatagrams(Controller controller)
    {
        for (int taken = 0; taken < DatagramsPerTurn && effects.Twin is TwinSocket twin; taken++)
        {
            int length = twin.TryReceive(_datagram);
            if (length < 0)
            {
                break;
            }

            controller.OnTwinDatagram(_datagram.AsSpan(0, length), MonotonicClock.Now);
        }

        for (int taken = 0;
            taken < DatagramsPerTurn && effects.SyncBackup is TwinSocket backup;
            taken++)
        {
            int length = backup.TryReceive(_datagram);
            if (length < 0)
            {
                break;
            }

            controller.OnSyncDatagram(_datagram.AsSpan(0, length));
        }
    }

    public void Dispose()
    {
        effects.Twin = Close(effects.Twin);
        effects.SyncMaster = Close(effects.SyncMaster);
        effects.SyncBackup = Close(effects.SyncBackup);
    }

    private TwinSocket? Reconcile(
        TwinSocket? open, SyncConfig? wanted, bool receives, NetworkPicture network)
    {
        InterfaceState? state = wanted is null ? null : network.Find(wanted.Interface);
        if (open is not null && (open.Config != wanted || open.InterfaceIndex != state?.Index))
        {
            open = Close(open);
        }

        return open is not null || wanted is null || state is not { IsUp: true }
            ? open
            : Open(wanted, state.Index, receives);
    }

    private TwinSocket? Open(SyncConfig wanted, int interfaceIndex, bool receives)
    {
        try
        {
            TwinSocket opened = new(wanted, interfaceIndex, receives);
            if (receives)
            {
                poller.Add(opened);
            }

            _complained = false;
            return opened;
        }
        catch (SocketException refused)
        {
            if (!_complained)
            {
                _complained = true;
                Log.SyncRefused(log, wanted.Interface, refused.Message);
            }

            // The next change of the network tries again.
            return null;
        }
    }

    private TwinSocket? Close(TwinSocket? open)
    {
        if (open is { Receives: true })
        {
            // A socket's Dispose waits for all who hold its handle, and the poller does.
            poller.Remove(open);
        }

        open?.Dispose();
        return null;
    }
}
