using System;

namespace Steelyard.Core.Wire;

/// <summary>
/// What a persistence engine keeps a client's server by: of a template, or of the template that
/// made a connection.
/// </summary>
/// <param name="name">The engine's name; at most 16 octets.</param>
/// <param name="data">What it looks for in packets; at most 255 octets.</param>
public readonly ref struct SyncEngine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
{
    public const int MaximumNameLength = 16;
    public const int MaximumDataLength = 255;

    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>The engine that looks for SIP's Call-ID.</summary>
    public static ReadOnlySpan<byte> Sip => "sip"u8;

    public bool IsNone => Data.IsEmpty;

    public bool IsSip => Name.SequenceEqual(Sip);
}
