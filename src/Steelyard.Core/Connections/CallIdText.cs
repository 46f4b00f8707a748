using System;
using System.Text;

namespace Steelyard.Core.Connections;

/// <summary>
/// The Call-ID of a SIP dialogue, or none. One of the connection table's own is there only as long
/// as its template; so nothing is copied for every listing and for the twin. RFC 3261 §8.1.1.4.
/// </summary>
public readonly struct CallIdText : IEquatable<CallIdText>
{
    /// <summary>Octets of the longest one.</summary>
    public const int MaximumLength = 255;

    // The slab that has it, or an array of its octets.
    private readonly object? _source;
    private readonly int _slot;
    private readonly uint _version;

    internal CallIdText(CallIdSlab slab, int slot, uint version)
    {
        _source = slab;
        _slot = slot;
        _version = version;
    }

    private CallIdText(byte[] octets) => _source = octets;

    /// <summary>It has one, which may be gone by now.</summary>
    public bool IsNone => _source is null;

    /// <summary>One of its own; none of no octets, or of too many.</summary>
    public static CallIdText Of(ReadOnlySpan<byte> octets) =>
        octets.Length is 0 or > MaximumLength ? default : new(octets.ToArray());

    /// <summary>The same, of text.</summary>
    public static CallIdText Of(string? text) =>
        Of(Encoding.Latin1.GetBytes(text ?? string.Empty));

    /// <param name="octets">Where it goes; <see cref="MaximumLength"/> octets.</param>
    /// <returns>Octets copied; 0 for none, and when it has gone.</returns>
    public int CopyTo(Span<byte> octets)
    {
        if (_source is CallIdSlab slab)
        {
            return slab.CopyTo(octets, _slot, _version);
        }

        ReadOnlySpan<byte> own = _source as byte[];
        own.CopyTo(octets);
        return own.Length;
    }

    /// <summary>Null for none, and when it has gone.</summary>
    public string? ToText()
    {
        Span<byte> octets = stackalloc byte[MaximumLength];
        int length = CopyTo(octets);
        return length == 0 ? null : Encoding.Latin1.GetString(octets[..length]);
    }

    public override string ToString() => ToText() ?? string.Empty;

    public bool Equals(CallIdText other)
    {
        Span<byte> mine = stackalloc byte[MaximumLength];
        Span<byte> others = stackalloc byte[MaximumLength];
        return mine[..CopyTo(mine)].SequenceEqual(others[..other.CopyTo(others)]);
    }

    public override bool Equals(object? obj) => obj is CallIdText other && Equals(other);

    public override int GetHashCode() => CopyTo(stackalloc byte[MaximumLength]);

    public static bool operator ==(CallIdText left, CallIdText right) => left.Equals(right);

    public static bool operator !=(CallIdText left, CallIdText right) => !left.Equals(right);
}
