using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Steelyard.Core.Wire;

/// <summary>Between the processor's octet order and the network's (RFC 1700), either way.</summary>
internal static class NetworkOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Swap(ushort value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Swap(uint value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
