using System;
using Steelyard.Core.Sync;

namespace Steelyard.Core.Control.Twin;

/// <summary>The sync channel behind the guard: what has been signed goes out as it is.</summary>
internal sealed class SyncWire(IControlEffects effects) : ISyncChannel
{
    public void SendToTwin(ReadOnlySpan<byte> datagram) => effects.SendToTwin(datagram);
}
