using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>
/// Stands between the conversation and the wire. With a key every datagram is signed with
/// HMAC-SHA-256, and only what the twin has signed in this very conversation is heard. Without one
/// everything passes as it is.
/// </summary>
/// <remarks>
/// Each box draws a nonce and says it in a signed challenge. Who hears a challenge answers with its
/// own, and names the one that it heard. A challenge that names our unused nonce was made since we
/// drew it: both have each other's, and make the session's keys of them; our next nonce is another.
/// So what was recorded before fits no session, and no clock is needed. A challenge alone ends no
/// session; a stranger's words cost no more than one hash, and are answered by no longer ones.
/// <para>
/// A datagram: magic <c>STLS</c>, version 1, kind, sync id, 0, key id (4). A challenge goes on with
/// the sender's nonce (16) and the nonce that it answers, or 0 (16). Data goes on with the first
/// half of the receiver's nonce (8), a sequence number (8), and what is said. Then the tag (16).
/// Where a kernel reads the size it finds 0x4C53, and drops it.
/// </para>
/// </remarks>
internal sealed class SyncGuard
{
    private const uint Magic = 0x5354_4C53;
    private const byte ProtocolVersion = 1;
    private const byte Challenge = 1;
    private const byte Data = 2;

    private const int VersionOffset = 4;
    private const int KindOffset = 5;
    private const int SyncIdOffset = 6;
    private const int KeyIdOffset = 8;
    private const int HeaderLength = 12;
    private const int AnsweredOffset = HeaderLength + SyncSession.NonceLength;
    private const int ChallengeLength =
        HeaderLength + (2 * SyncSession.NonceLength) + SyncKey.TagLength;

    private const int SequenceOffset = HeaderLength + sizeof(ulong);
    private const int DataOffset = SequenceOffset + sizeof(ulong);
    private const int MaximumLength =
        DataOffset + ConnectionReplica.MaximumLength + SyncKey.TagLength;

    private readonly byte _syncId;
    private readonly SeededChance _chance;
    private readonly ISyncChannel _wire;
    private readonly Action<SyncRefusal, Instant> _onRefusal;
    private readonly TimeSpan _patience;
    // Words that anybody can say take no answer from those that only the key's holders can.
    private readonly TokenBucket _answers = new(TimeSpan.FromMilliseconds(20), 8);
    private readonly TokenBucket _answersToStrangers = new(TimeSpan.FromMilliseconds(100), 4);
    private readonly byte[] _nonce = new byte[SyncSession.NonceLength];
    private readonly byte[] _datagram = new byte[MaximumLength];
    private ImmutableArray<SyncKey> _keys = [];
    private SyncSession? _session;
    private SyncSession? _previous;

    /// <param name="helloInterval">A session is silent after one and a half of it.</param>
    /// <param name="chance">Draws nonces: they need not be secret, but never come again.</param>
    public SyncGuard(
        byte syncId,
        TimeSpan helloInterval,
        SeededChance chance,
        ISyncChannel wire,
        Action<SyncRefusal, Instant> onRefusal)
    {
        _syncId = syncId;
        _patience = helloInterval * 1.5;
        _chance = chance;
        _wire = wire;
        _onRefusal = onRefusal;
        DrawNonce();
    }

    public bool HasKeys => !_keys.IsEmpty;

    /// <summary>How often both boxes have agreed on a session.</summary>
    public long Sessions { get; private set; }

    /// <summary>The first key signs, each is accepted; none lets everything pass.</summary>
    public void UseKeys(ImmutableArray<SyncKey> keys)
    {
        _keys = keys;
        if (keys.IsEmpty)
        {
            _session = null;
            _previous = null;
        }

        _session?.UseKeys(keys);
        _previous?.UseKeys(keys);
    }

    /// <summary>Sends what is said to the twin, signed when there is a key.</summary>
    public void Send(ReadOnlySpan<byte> said)
    {
        if (_keys.IsEmpty)
        {
            _wire.SendToTwin(said);
        }
        else if (_session is { Sending: SyncKey key } session)
        {
            int end = DataOffset + said.Length;
            WriteHeader(Data);
            session.Peer[..sizeof(ulong)].CopyTo(_datagram.AsSpan(HeaderLength));
            session.Sent++;
            BinaryPrimitives.WriteUInt64BigEndian(
                _datagram.AsSpan(SequenceOffset), session.Sent);
            said.CopyTo(_datagram.AsSpan(DataOffset));
            key.Sign(_datagram.AsSpan(0, end), _datagram.AsSpan(end));
            _wire.SendToTwin(_datagram.AsSpan(0, end + SyncKey.TagLength));
        }
        else if (TwinMessage.IsHello(said))
        {
            Say(_nonce, default);
        }
    }

    /// <summary>Lets through what the twin says; the rest is counted.</summary>
    /// <param name="said">What it says, without our envelope.</param>
    public bool TryOpen(
        ReadOnlySpan<byte> datagram, Instant now, out ReadOnlySpan<byte> said)
    {
        said = default;
        SyncRefusal refusal = TryRead(datagram, now, ref said);
        if (refusal != SyncRefusal.None)
        {
            _onRefusal(refusal, now);
        }

        return !said.IsEmpty;
    }

    private SyncRefusal TryRead(
        ReadOnlySpan<byte> datagram, Instant now, ref ReadOnlySpan<byte> said)
    {
        bool isSealed = datagram.Length >= HeaderLength
            && BinaryPrimitives.ReadUInt32BigEndian(datagram) == Magic;
        if (!isSealed)
        {
            said = _keys.IsEmpty ? datagram : default;
            return _keys.IsEmpty ? SyncRefusal.None
                : IsForOthers(datagram) ? SyncRefusal.OtherSyncId
                : SyncRefusal.Plain;
        }

        if (_syncId != 0 && datagram[SyncIdOffset] != _syncId)
        {
            return SyncRefusal.OtherSyncId;
        }

        if (_keys.IsEmpty)
        {
            return SyncRefusal.Sealed;
        }

        bool isData = datagram[KindOffset] == Data
            && datagram.Length is > DataOffset + SyncKey.TagLength and <= MaximumLength;
        bool isChallenge = datagram[KindOffset] == Challenge && datagram.Length == ChallengeLength;
        return datagram[VersionOffset] != ProtocolVersion || !(isData || isChallenge)
            ? SyncRefusal.Malformed
            : isData ? TryReadData(datagram, now, ref said)
            : ReadChallenge(datagram, now);
    }

    /// <summary>A plain word, ours or the kernel's, with another sync id than ours.</summary>
    private bool IsForOthers(ReadOnlySpan<byte> datagram)
    {
        const int KernelsOffset = 1;
        int at = TwinMessage.IsOurs(datagram) ? SyncIdOffset : KernelsOffset;
        return _syncId != 0 && datagram.Length > at && datagram[at] != _syncId;
    }

    private SyncRefusal TryReadData(
        ReadOnlySpan<byte> datagram, Instant now, ref ReadOnlySpan<byte> said)
    {
        ReadOnlySpan<byte> mine = datagram.Slice(HeaderLength, sizeof(ulong));
        SyncSession? session =
            _session?.Own[..sizeof(ulong)].SequenceEqual(mine) == true ? _session
            : _previous?.Own[..sizeof(ulong)].SequenceEqual(mine) == true ? _previous
            : null;
        uint keyId = BinaryPrimitives.ReadUInt32BigEndian(datagram[KeyIdOffset..]);
        if (session is null)
        {
            AnswerStranger(datagram.Length, now);
            return HasKey(keyId) ? SyncRefusal.OtherSession : SyncRefusal.UnknownKey;
        }

        ulong sequence = BinaryPrimitives.ReadUInt64BigEndian(datagram[SequenceOffset..]);
        if (session.FindReceiving(keyId) is not SyncKey key)
        {
            return SyncRefusal.UnknownKey;
        }

        if (!session.IsNew(sequence))
        {
            return SyncRefusal.Replayed;
        }

        int end = datagram.Length - SyncKey.TagLength;
        if (!key.Verifies(datagram[..end], datagram[end..]))
        {
            return SyncRefusal.WrongTag;
        }

        session.Accept(sequence, now);
        said = datagram[DataOffset..end];
        return SyncRefusal.None;
    }

    /// <summary>
    /// Perhaps it is the twin in a session that we have missed: it hears our challenge, unless our
    /// own session is at work.
    /// </summary>
    private void AnswerStranger(int length, Instant now)
    {
        bool isAtWork = _session is not null && now - _session.HeardAt < _patience;
        if (!isAtWork && length >= ChallengeLength && _answersToStrangers.TrySpend(now))
        {
            Say(_nonce, default);
        }
    }

    private SyncRefusal ReadChallenge(ReadOnlySpan<byte> datagram, Instant now)
    {
        uint keyId = BinaryPrimitives.ReadUInt32BigEndian(datagram[KeyIdOffset..]);
        int end = ChallengeLength - SyncKey.TagLength;
        if (!HasKey(keyId))
        {
            return SyncRefusal.UnknownKey;
        }

        foreach (SyncKey key in _keys)
        {
            if (key.Id == keyId && !key.Verifies(datagram[..end], datagram[end..]))
            {
                return SyncRefusal.WrongTag;
            }
        }

        ReadOnlySpan<byte> peer = datagram.Slice(HeaderLength, SyncSession.NonceLength);
        ReadOnlySpan<byte> answered = datagram.Slice(AnsweredOffset, SyncSession.NonceLength);
        if (peer.SequenceEqual(_nonce) || _session?.Own.SequenceEqual(peer) == true)
        {
            return SyncRefusal.Replayed; // our own word, thrown back
        }

        if (_session is { } session && session.Peer.SequenceEqual(peer))
        {
            if (!answered.SequenceEqual(session.Own) && _answers.TrySpend(now))
            {
                Say(session.Own, peer); // it has missed that we agree
            }
        }
        else if (answered.SequenceEqual(_nonce))
        {
            Begin(peer, now);
        }
        else if (_answers.TrySpend(now))
        {
            Say(_nonce, peer);
        }

        return SyncRefusal.None;
    }

    /// <summary>
    /// Both have answered: what is said from now on is of this session. What is on its way in the
    /// last one still counts.
    /// </summary>
    private void Begin(ReadOnlySpan<byte> peer, Instant now)
    {
        _previous = _session;
        _session = new(_nonce, peer, now);
        _session.UseKeys(_keys);
        Sessions++;
        DrawNonce();
        Say(_session.Own, peer);
    }

    private void Say(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> answered)
    {
        WriteHeader(Challenge);
        Span<byte> answer = _datagram.AsSpan(AnsweredOffset, SyncSession.NonceLength);
        nonce.CopyTo(_datagram.AsSpan(HeaderLength));
        answer.Clear();
        answered.CopyTo(answer);
        int end = ChallengeLength - SyncKey.TagLength;
        _keys[0].Sign(_datagram.AsSpan(0, end), _datagram.AsSpan(end));
        _wire.SendToTwin(_datagram.AsSpan(0, ChallengeLength));
    }

    private void WriteHeader(byte kind)
    {
        Span<byte> header = _datagram.AsSpan(0, HeaderLength);
        header.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        header[VersionOffset] = ProtocolVersion;
        header[KindOffset] = kind;
        header[SyncIdOffset] = _syncId;
        BinaryPrimitives.WriteUInt32BigEndian(header[KeyIdOffset..], _keys[0].Id);
    }

    private bool HasKey(uint keyId)
    {
        foreach (SyncKey key in _keys)
        {
            if (key.Id == keyId)
            {
                return true;
            }
        }

        return false;
    }

    private void DrawNonce()
    {
        BinaryPrimitives.WriteUInt64BigEndian(_nonce, _chance.NextBits());
        BinaryPrimitives.WriteUInt64BigEndian(_nonce.AsSpan(sizeof(ulong)), _chance.NextBits());
    }
}
