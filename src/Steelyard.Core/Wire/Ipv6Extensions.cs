using System;

namespace Steelyard.Core.Wire;

/// <summary>
/// What stands between IPv6's fixed header and the transport header. RFC 8200 §4.
/// </summary>
/// <param name="Protocol">What follows the last extension header.</param>
/// <param name="TransportOffset">Where that starts, from the packet's first octet.</param>
/// <param name="FragmentOffset">
/// Where the fragment header starts; 0 when there is none. What follows it in a later fragment is
/// no header, so that the walk ends there.
/// </param>
/// <param name="NextHeaderOffset">
/// Where the number stands that names the fragment header; of use only when there is one.
/// </param>
/// <param name="IsRouted">The sender prescribes the way, and it is not at its end.</param>
public readonly record struct Ipv6Extensions(
    IpProtocol Protocol,
    int TransportOffset,
    int FragmentOffset,
    int NextHeaderOffset,
    bool IsRouted)
{
    private const int HopByHop = 0;
    private const int Routing = 43;
    private const int Fragment = (int)IpProtocol.Ipv6Fragment;
    private const int DestinationOptions = 60;
    private const int FragmentHeaderLength = 8;
    private const int SegmentsLeftOffset = 3;
    private const int NextHeaderField = 6;

    // Each of the four kinds once, and destination options twice (RFC 8200 §4.1).
    private const int MostHeaders = 5;

    /// <summary>False when a header does not fit into the packet, or there are too many.</summary>
    /// <param name="octets">At least the fixed header.</param>
    public static bool TryWalk(ReadOnlySpan<byte> octets, out Ipv6Extensions extensions)
    {
        int offset = Ipv6Packet.HeaderLength;
        int field = NextHeaderField;
        bool isRouted = false;
        for (int count = 0; count <= MostHeaders; count++)
        {
            byte next = octets[field];
            switch (next)
            {
                case HopByHop or Routing or DestinationOptions:
                    if (octets.Length - offset < FragmentHeaderLength)
                    {
                        extensions = default;
                        return false;
                    }

                    isRouted |= next == Routing && octets[offset + SegmentsLeftOffset] != 0;
                    field = offset;
                    offset += (octets[offset + 1] + 1) * FragmentHeaderLength;
                    break;
                case Fragment:
                    extensions = new(IpProtocol.Ipv6Fragment, offset, offset, field, isRouted);
                    return octets.Length - offset >= FragmentHeaderLength;
                default:
                    extensions = new((IpProtocol)next, offset, 0, 0, isRouted);
                    return offset <= octets.Length;
            }

            if (offset > octets.Length)
            {
                break;
            }
        }

        extensions = default;
        return false;
    }
}
