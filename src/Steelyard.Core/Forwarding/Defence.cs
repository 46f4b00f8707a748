using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// LVS's defences against floods: <c>drop_entry</c>, <c>drop_packet</c>, <c>secure_tcp</c>. What
/// runs short here is room in the connection table, since all memory was taken at the start.
/// </summary>
internal sealed class Defence(Engine engine)
{
    // In each second so much of the table is looked at.
    private const int ScanParts = 32;
    private const int ScanShare = 64;

    // An established connection that sent more packets than this is never thrown out.
    private const int MostSuspectPackets = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private readonly int[] _countdowns = new int[MostSuspectPackets + 1];
    private Instant _next;
    private int _dropRate;
    private int _dropCountdown;
    private int _scanAt;
    private int _scanLeft;

    /// <summary>One new connection in so many is dropped now.</summary>
    public bool DropsPacket()
    {
        if (_dropRate == 0 || --_dropCountdown > 0)
        {
            return false;
        }

        _dropCountdown = _dropRate;
        return true;
    }

    /// <summary>Judges the need each second, and looks through a share of the table.</summary>
    public void Turn(Instant now)
    {
        // A service alone shares with nobody.
        bool isShared = engine.Services.Count + engine.Masquerades.Length > 1;
        FairShares shares = engine.Connections.Shares;
        shares.ServicePercent =
            isShared ? engine.Settings.ServiceShare : FairShares.Unbounded;
        shares.SourcePercent = engine.Settings.SourceShare;
        if (now >= _next)
        {
            _next = now + Period;
            Judge();
        }

        int end = Math.Min(_scanLeft, ScanShare);
        for (int step = 0; step < end; step++)
        {
            _scanLeft--;
            _scanAt = _scanAt + 1 < engine.Connections.HandleLimit ? _scanAt + 1 : 0;
            if (_scanAt < engine.Connections.HandleLimit && MayBeThrownOut(_scanAt, now))
            {
                engine.Connections.Remove(_scanAt);
                engine.Counters.ConnectionsThrownOut++;
            }
        }
    }

    private static bool IsActive(int mode, bool isShort) => mode == 3 || (mode > 0 && isShort);

    private void Judge()
    {
        ConnectionTable connections = engine.Connections;
        LvsSettings settings = engine.Settings;
        int threshold = connections.Shortage;
        int free = connections.Capacity - connections.Count;
        bool isShort = connections.IsShort;
        connections.DistrustsSyn = IsActive(settings.SecureTcp, isShort);
        _scanLeft = IsActive(settings.DropEntry, isShort)
            ? connections.HandleLimit / ScanParts
            : 0;
        _dropRate = settings.DropPacket switch
        {
            3 => Math.Max(1, settings.AmDroprate),
            > 0 when isShort => threshold / (threshold - free),
            _ => 0,
        };
    }

    private bool MayBeThrownOut(int handle, Instant now)
    {
        ref readonly Connection connection = ref engine.Connections[handle];
        if (!connection.IsInUse || engine.Connections.Controls(handle) > 0)
        {
            return false;
        }

        if (connection.IsTemplate)
        {
            // A promise that no server's answer ever confirmed.
            return connection.State == ConnectionState.None;
        }

        return connection.State switch
        {
            ConnectionState.SynReceived or ConnectionState.SynAck
                or ConnectionState.SctpInit1 or ConnectionState.SctpInit => true,
            ConnectionState.Established or ConnectionState.Udp
                or ConnectionState.SctpEstablished => connection.IsOnProbation
                && engine.Connections.IdleTime(handle, now) >= Grace
                && IsTurnOf(connection.ClientPackets),
            _ => false,
        };
    }

    /// <summary>
    /// Of those that sent one packet all go, of those that sent two each second one.
    /// </summary>
    private bool IsTurnOf(uint packets)
    {
        if (packets is 0 or > MostSuspectPackets || --_countdowns[packets] > 0)
        {
            return false;
        }

        _countdowns[packets] = (int)packets;
        return true;
    }
}
