using CsCheck;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

public class InternetChecksumTests
{
    /// <summary>The example of RFC 1071 §3: the sum is ddf2.</summary>
    [Fact]
    public void The_example_of_RFC_1071_comes_out()
    {
        byte[] octets = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];

        Assert.Equal(0xDDF2, InternetChecksum.Fold(InternetChecksum.Sum(octets)));
    }

    [Fact]
    public void Sums_are_those_of_the_slow_way() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.UInt).Sample((octets, start) =>
            SlowChecksum.Of(octets, start)
                == InternetChecksum.Finish(InternetChecksum.Sum(octets, start)));

    /// <summary>RFC 1624 §4: the case that equation 4 of RFC 1141 gets wrong.</summary>
    [Fact]
    public void The_example_of_RFC_1624_comes_out()
    {
        uint difference = InternetChecksum.Difference((ushort)0x5555, (ushort)0x3285);

        Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, difference));
    }

    [Fact]
    public void An_update_is_as_good_as_a_new_sum() =>
        Gen.Select(Gen.Byte.Array[8, 60], Gen.UInt, Gen.UShort).Sample((octets, word, half) =>
        {
            octets[0] |= 1;
            ushort before = SlowChecksum.Of(octets);
            uint difference = Change(octets, word, half);
            ushort updated = InternetChecksum.Update(before, difference);
            ushort expected = SlowChecksum.Of(octets);

            // Of one's complement's two zeros a sum that is not all zeros yields one only.
            Assert.Equal(expected, updated);
        });

    private static uint Change(byte[] octets, uint word, ushort half)
    {
        uint before = Read(octets, 0, 4);
        ushort halfBefore = (ushort)Read(octets, 4, 2);
        word |= 0x0100_0000;
        for (int index = 0; index < 4; index++)
        {
            octets[index] = (byte)((word >> (24 - (8 * index))) & 0xFF);
        }

        octets[4] = (byte)(half >> 8);
        octets[5] = (byte)(half & 0xFF);
        return InternetChecksum.Difference(before, word)
            + InternetChecksum.Difference(halfBefore, half);
    }

    private static uint Read(byte[] octets, int offset, int length)
    {
        uint value = 0;
        for (int index = 0; index < length; index++)
        {
            value = (value << 8) | octets[offset + index];
        }

        return value;
    }
}
