using System;
using System.Globalization;

namespace Steelyard.Core.Wire;

/// <summary>An address with the length of its network part, in bits of its own family.</summary>
public readonly record struct IpPrefix(IpAddress Address, int Length)
{
    /// <summary>Bits of an address of this family.</summary>
    public int MaximumLength => Address.IsIpv4 ? 32 : 128;

    /// <summary>The address with its host part cleared.</summary>
    public IpAddress Network => Mask(Address);

    /// <summary>True when the address has this prefix's network part and family.</summary>
    public bool Contains(IpAddress address) =>
        address.IsIpv4 == Address.IsIpv4 && Mask(address) == Mask(Address);

    /// <summary>Parses <c>10.0.0.1/24</c>; without a length the address stands alone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> addressText = slash < 0 ? text : text[..slash];
        if (!IpAddress.TryParse(addressText, out IpAddress address))
        {
            return false;
        }

        int maximum = address.IsIpv4 ? 32 : 128;
        int length = maximum;
        if (slash >= 0
            && (!int.TryParse(
                text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > maximum))
        {
            return false;
        }

        prefix = new(address, length);
        return true;
    }

    public override string ToString() => $"{Address}/{Length}";

    private IpAddress Mask(IpAddress address)
    {
        int bits = Address.IsIpv4 ? Length + 96 : Length;
        ulong high = bits >= 64 ? ulong.MaxValue : bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
        ulong low = bits <= 64 ? 0 : bits >= 128 ? ulong.MaxValue : ulong.MaxValue << (128 - bits);
        return new(address.High & high, address.Low & low);
    }
}
