using System.Collections.Generic;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Which frames reach whom. Between them the two programs share out what is meant for the box, so
/// that no frame is handled twice and heavy traffic cannot starve an election.
/// </summary>
internal static class PacketFilters
{
    private const uint DestinationOffset = 0;
    private const uint EtherTypeOffset = 12;
    private const uint Ipv4ProtocolOffset = 14 + 9;
    private const uint Ipv6NextHeaderOffset = 14 + 6;
    private const uint Icmpv6TypeOffset = 14 + 40;
    private const uint EtherTypeIpv4 = 0x0800;
    private const uint EtherTypeArp = 0x0806;
    private const uint EtherTypeIpv6 = 0x86DD;
    private const uint EtherTypeVlan = 0x8100;
    private const uint ProtocolVrrp = 112;
    private const uint ProtocolIcmpv6 = 58;

    /// <summary>Router Solicitation to Redirect: Neighbour Discovery. RFC 4861 §4.</summary>
    private const uint FirstDiscoveryType = 133;
    private const uint LastDiscoveryType = 137;

    internal static sock_filter[] Nothing { get; } =
        new FilterAssembler().Return(FilterAssembler.Refuse).ToArray();

    /// <summary>
    /// The data thread's share: what is addressed to one of these stations, without ARP, Neighbour
    /// Discovery and VRRP. A service tag (802.1ad) could not be kept, so such a frame is refused.
    /// </summary>
    internal static sock_filter[] ForData(IReadOnlyList<MacAddress> stations)
    {
        FilterAssembler program = WithoutControl();
        foreach (MacAddress station in stations)
        {
            uint low = unchecked((uint)station.Bits);
            uint high = unchecked((uint)(station.Bits >> 32));
            _ = program
                .LoadWord(DestinationOffset + 2)
                .IfEqual(low, rest => rest
                    .LoadHalf(DestinationOffset)
                    .ReturnIfEqual(high, FilterAssembler.Accept));
        }

        return program.Return(FilterAssembler.Refuse).ToArray();
    }

    /// <summary>The data thread's share, whatever the station.</summary>
    internal static sock_filter[] ForAllData() =>
        WithoutControl().Return(FilterAssembler.Accept).ToArray();

    /// <summary>
    /// The control loop's share: ARP, Neighbour Discovery and VRRP, to whomever they are addressed,
    /// untagged: a tagged one belongs to the VLAN's own interface.
    /// </summary>
    internal static sock_filter[] ForControl() => new FilterAssembler()
        .LoadWord(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)
        .ReturnUnlessEqual(0, FilterAssembler.Refuse)
        .LoadHalf(EtherTypeOffset)
        .ReturnIfEqual(EtherTypeArp, FilterAssembler.Accept)
        .IfEqual(EtherTypeIpv4, ipv4 => ipv4
            .LoadByte(Ipv4ProtocolOffset)
            .ReturnIfEqual(ProtocolVrrp, FilterAssembler.Accept)
            .Return(FilterAssembler.Refuse))
        .IfEqual(EtherTypeIpv6, ipv6 => ipv6
            .LoadByte(Ipv6NextHeaderOffset)
            .ReturnIfEqual(ProtocolVrrp, FilterAssembler.Accept)
            .IfEqual(ProtocolIcmpv6, icmp => icmp
                .LoadByte(Icmpv6TypeOffset)
                .ReturnIfBetween(FirstDiscoveryType, LastDiscoveryType, FilterAssembler.Accept)))
        .Return(FilterAssembler.Refuse)
        .ToArray();

    private static FilterAssembler WithoutControl() => new FilterAssembler()
        .LoadHalf(EtherTypeOffset)
        .ReturnIfEqual(EtherTypeArp, FilterAssembler.Refuse)
        .IfEqual(EtherTypeIpv4, ipv4 => ipv4
            .LoadByte(Ipv4ProtocolOffset)
            .ReturnIfEqual(ProtocolVrrp, FilterAssembler.Refuse))
        .LoadHalf(EtherTypeOffset)
        .IfEqual(EtherTypeIpv6, RefuseControlIpv6)
        .LoadWord(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)
        .IfEqual(1, tagged => tagged
            .LoadWord(SKF_AD_OFF + SKF_AD_VLAN_TPID)
            .ReturnUnlessEqual(EtherTypeVlan, FilterAssembler.Refuse));

    private static void RefuseControlIpv6(FilterAssembler ipv6) => _ = ipv6
        .LoadByte(Ipv6NextHeaderOffset)
        .ReturnIfEqual(ProtocolVrrp, FilterAssembler.Refuse)
        .IfEqual(ProtocolIcmpv6, icmp => icmp
            .LoadByte(Icmpv6TypeOffset)
            .ReturnIfBetween(FirstDiscoveryType, LastDiscoveryType, FilterAssembler.Refuse));
}
