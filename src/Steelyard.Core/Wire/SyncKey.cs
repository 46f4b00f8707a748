using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Steelyard.Core.Wire;

/// <summary>
/// A secret of 32 octets that both boxes of a pair have. It is never shown: what a person sees of
/// it, and what stands on the wire, is its <see cref="Id"/>.
/// </summary>
public sealed class SyncKey : IEquatable<SyncKey>
{
    public const int Length = 32;

    /// <summary>HMAC-SHA-256, cut to half. RFC 2104 §5, RFC 4868.</summary>
    public const int TagLength = 16;

    private readonly byte[] _octets;

    private SyncKey(byte[] octets)
    {
        _octets = octets;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ = HMACSHA256.HashData(octets, "steelyard sync key id"u8, hash);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>Tells keys apart, and tells nothing of the key.</summary>
    public uint Id { get; }

    /// <summary>64 hexadecimal digits, as <c>openssl rand -hex 32</c> prints.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SyncKey? key)
    {
        byte[] octets = new byte[Length];
        bool isRight = text.Length == 2 * Length
            && Convert.FromHexString(text, octets, out _, out int written)
                == OperationStatus.Done
            && written == Length;
        key = isRight ? new(octets) : null;
        return isRight;
    }

    /// <summary>A key for one direction of one session.</summary>
    public SyncKey Derive(ReadOnlySpan<byte> context)
    {
        byte[] derived = new byte[HMACSHA256.HashSizeInBytes];
        _ = HMACSHA256.HashData(_octets, context, derived);
        return new(derived);
    }

    /// <summary>Writes the tag of a message.</summary>
    /// <param name="tag"><see cref="TagLength"/> bytes.</param>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ = HMACSHA256.HashData(_octets, message, hash);
        hash[..TagLength].CopyTo(tag);
    }

    /// <summary>Whether a message's tag is right; as long for every wrong one.</summary>
    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[TagLength];
        Sign(message, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    public bool Equals(SyncKey? other) => other is not null
        && CryptographicOperations.FixedTimeEquals(_octets, other._octets);

    public override bool Equals(object? obj) => Equals(obj as SyncKey);

    public override int GetHashCode() => unchecked((int)Id);

    public override string ToString() => $"key {Id:x8}";
}
