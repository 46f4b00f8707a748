using System;
using System.Collections.Immutable;

namespace Steelyard.Core.Sync;

/// <summary>Says things to the twin: fills in who speaks, and to whom.</summary>
internal sealed class TwinVoice(ulong bootId, byte syncId, ITwinEffects effects)
{
    private readonly byte[] _datagram = new byte[TwinMessage.MaximumLength];

    public ulong BootId { get; } = bootId;

    public byte SyncId { get; } = syncId;

    /// <summary>The twin's boot id; 0 while there is none.</summary>
    public ulong TwinBootId { get; set; }

    public void Hello(TwinHello self, bool canTakeOver, bool leaving, ushort intervalMilliseconds)
    {
        int flags = (canTakeOver ? TwinMessage.CanTakeOver : 0)
            | (leaving ? TwinMessage.Leaving : 0);
        Send(new(
            TwinMessageKind.Hello,
            SyncId,
            (byte)flags,
            BootId,
            AddresseeBootId: 0,
            Sequence: 0,
            self.BoxName,
            [],
            intervalMilliseconds,
            self.Roles,
            Records: 0)
        {
            Page = self.Page,
        });
    }

    public void Say(
        TwinMessageKind kind,
        uint sequence,
        string text = "",
        ImmutableArray<byte> virtualRouterIds = default,
        byte flags = 0,
        uint records = 0) => Send(new(
            kind,
            SyncId,
            flags,
            BootId,
            TwinBootId,
            sequence,
            text,
            virtualRouterIds.IsDefault ? [] : virtualRouterIds,
            IntervalMilliseconds: 0,
            [],
            records));

    private void Send(in TwinMessage message)
    {
        int length = message.Write(_datagram);
        effects.SendToTwin(_datagram.AsSpan(0, length));
    }
}
