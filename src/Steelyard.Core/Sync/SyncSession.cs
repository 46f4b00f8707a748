using System;
using System.Collections.Immutable;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>
/// What two boxes that have answered each other's challenge share: a key for each direction, and
/// what has been heard. Each nonce is of one session only, so nothing of another one fits.
/// </summary>
internal sealed class SyncSession
{
    public const int NonceLength = 16;

    /// <summary>How far datagrams may overtake each other. RFC 4303 §3.4.3 wants 64.</summary>
    private const int WindowLength = 64;

    private readonly byte[] _own;
    private readonly byte[] _peer;
    private ImmutableArray<(uint KeyId, SyncKey Key)> _receiving = [];
    private ulong _highest;
    private ulong _window;

    public SyncSession(ReadOnlySpan<byte> own, ReadOnlySpan<byte> peer, Instant now)
    {
        _own = own.ToArray();
        _peer = peer.ToArray();
        HeardAt = now;
    }

    /// <summary>Our part of it.</summary>
    public ReadOnlySpan<byte> Own => _own;

    /// <summary>The other's part of it.</summary>
    public ReadOnlySpan<byte> Peer => _peer;

    /// <summary>Signs what we send.</summary>
    public SyncKey? Sending { get; private set; }

    /// <summary>Number of the last datagram sent.</summary>
    public ulong Sent { get; set; }

    /// <summary>When the last right datagram came.</summary>
    public Instant HeardAt { get; private set; }

    /// <summary>The first key signs, each is accepted; what was heard stays heard.</summary>
    public void UseKeys(ImmutableArray<SyncKey> keys)
    {
        Sending = keys[0].Derive(Context(_own, _peer));
        byte[] context = Context(_peer, _own);
        _receiving = [.. ReceivingOf(keys, context)];
    }

    /// <summary>
    /// Whether a number can still be new: asked before the tag is checked, for it costs nothing.
    /// </summary>
    public bool IsNew(ulong sequence) => sequence > _highest
        || (_highest - sequence < WindowLength
            && (_window & (1ul << (int)(_highest - sequence))) == 0);

    public SyncKey? FindReceiving(uint keyId)
    {
        foreach ((uint id, SyncKey key) in _receiving)
        {
            if (id == keyId)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>A datagram's tag was right: it is never heard again.</summary>
    public void Accept(ulong sequence, Instant now)
    {
        HeardAt = now;
        if (sequence > _highest)
        {
            ulong step = sequence - _highest;
            _window = step >= WindowLength ? 0 : _window << (int)step;
            _highest = sequence;
        }

        _window |= 1ul << (int)(_highest - sequence);
    }

    private static (uint, SyncKey)[] ReceivingOf(ImmutableArray<SyncKey> keys, byte[] context)
    {
        var receiving = new (uint, SyncKey)[keys.Length];
        for (int index = 0; index < keys.Length; index++)
        {
            receiving[index] = (keys[index].Id, keys[index].Derive(context));
        }

        return receiving;
    }

    private static byte[] Context(byte[] sender, byte[] receiver) =>
        [.. "steelyard sync session"u8, .. sender, .. receiver];
}
