using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Steelyard.Core.Wire;

/// <summary>
/// The 32-bit cyclic redundancy check with Castagnoli's polynomial. RFC 9260 appendix A. The
/// processor's own instruction is used where it has one.
/// </summary>
public static class Crc32c
{
    /// <summary>The register before the first octet.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The check of octets: 0xE3069283 for the digits from 1 to 9.</summary>
    public static uint Of(ReadOnlySpan<byte> octets) => Finish(Append(Start, octets));

    /// <summary>The register after further octets.</summary>
    public static uint Append(uint register, ReadOnlySpan<byte> octets)
    {
        while (octets.Length >= sizeof(ulong))
        {
            register = BitOperations.Crc32C(
                register, BinaryPrimitives.ReadUInt64LittleEndian(octets));
            octets = octets[sizeof(ulong)..];
        }

        foreach (byte octet in octets)
        {
            register = BitOperations.Crc32C(register, octet);
        }

        return register;
    }

    public static uint Finish(uint register) => ~register;
}
