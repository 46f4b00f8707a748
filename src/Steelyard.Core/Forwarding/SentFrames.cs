using System;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Room for the frames that the engine makes itself, pinned, so that a port may read it until the
/// next flush. Taken front to back, and all given back at once.
/// </summary>
internal sealed class SentFrames
{
    // Hundreds of answers, or the fragments of four 64 KiB packets, between two flushes.
    private const int Size = 1 << 18;

    private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private int _used;

    /// <summary>Room for a frame of up to 64 KiB; empty when a flush is needed first.</summary>
    public Span<byte> Take(int length)
    {
        if (length > Size - _used)
        {
            return [];
        }

        Span<byte> taken = _octets.AsSpan(_used, length);
        _used += length;
        return taken;
    }

    /// <summary>The ports have been flushed.</summary>
    public void GiveBackAll() => _used = 0;
}
