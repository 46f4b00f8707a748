namespace Steelyard.Tests.Golden;

/// <summary>Recordings of things that the box does not do yet.</summary>
internal static class NotYet
{
    public static readonly string[] Scenarios =
    [
        "cache-bypass", "conn-reuse-mode0", "dh-5-3-1", "dh-changes", "dh-equal",
        "edit-forwarding", "edit-scheduler", "errors", "expire-nodest-quiesced",
        "fallback-all-down", "fwmark-nat", "lblc-changes", "lblc-equal", "lblcr-changes",
        "lblcr-equal", "lblcr-weights-overload", "listing", "listing-order-services",
        "local-real-server", "mh-5-3-1", "mh-changes", "mh-equal", "mh-fallback", "mh-order",
        "mh-port", "mixed-family-tun", "nat-reply-unknown", "no-destination", "no-destination-v6",
        "ovf", "persist", "persist-default", "persist-expiry", "persist-expiry-gone",
        "persist-fwmark", "persist-mask", "persist-port0", "persist-port0-and-port80",
        "persist-quiesce", "persist-udp", "schedulers-overload", "server-removed",
        "service-removed", "service-removed-other-remains", "sh-fallback", "sh-overload",
        "sh-port", "sloppy-tcp", "thresholds", "tun", "twos-distribution", "udp-ops",
        "udp-ops-persist", "v6-persist-mask", "v6-rr-nat", "v6-udp-tun", "v6-wlc-dr",
    ];

    public static readonly string[] Packets =
    [
        "packets/dr", "packets/icmp-dr", "packets/icmp-nat-from-server", "packets/icmp-tun",
        "packets/mtu", "packets/no-destination", "packets/server-removed", "packets/ttl",
        "packets/tun-4in6", "packets/tun-6in6", "packets/tun-gre", "packets/tun-gre-csum",
        "packets/tun-gue", "packets/tun-gue-csum", "packets/tun-ipip", "packets/v6-nat",
    ];
}
