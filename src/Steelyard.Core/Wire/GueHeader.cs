using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// The header of Generic UDP Encapsulation, variant 0, of a data message. We send it without
/// extension fields. draft-ietf-intarea-gue-09 §3.
/// </summary>
/// <param name="Length">The header with its extension fields, in octets.</param>
/// <param name="Protocol">What follows it.</param>
public readonly record struct GueHeader(int Length, IpProtocol Protocol)
{
    /// <summary>Octets of a header without extension fields.</summary>
    public const int BareLength = 4;

    // Variant in two bits, the control bit, and the length of extension fields in words.
    private const int LengthOffset = 0;
    private const int ProtocolOffset = 1;
    private const int FlagsOffset = 2;

    private const int VariantAndControlMask = 0xE0;
    private const int LengthMask = 0x1F;

    public static void Write(Span<byte> octets, IpProtocol protocol)
    {
        octets[LengthOffset] = 0;
        octets[ProtocolOffset] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(octets[FlagsOffset..], 0);
    }

    /// <summary>
    /// False for control messages and other variants; extension fields are passed over.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> octets, out GueHeader header)
    {
        header = default;
        if (octets.Length < BareLength || (octets[LengthOffset] & VariantAndControlMask) != 0)
        {
            return false;
        }

        int length = BareLength + ((octets[LengthOffset] & LengthMask) * 4);
        header = new(length, (IpProtocol)octets[ProtocolOffset]);
        return length <= octets.Length;
    }
}
