namespace Steelyard.Host.Ipvsadm;

/// <summary>What <c>-h</c> and <c>--version</c> print.</summary>
internal static class IpvsadmHelp
{
    /// <summary>Scripts look for these words to tell which grammar they may use.</summary>
    public const string Version =
        "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n";

    public const string Text = Version + """

        Look at the box's virtual services, and change them. The command comes first:

          ipvsadm -A|-E SERVICE [-s SCHEDULER] [-p [SECONDS]] [-M MASK] [--pe ENGINE] [-o]
                        [-b FLAGS]
          ipvsadm -D SERVICE
          ipvsadm -a|-e SERVICE -r SERVER [-g|-i|-m] [-w WEIGHT] [-x UPPER] [-y LOWER] [TUNNEL]
          ipvsadm -d SERVICE -r SERVER
          ipvsadm -L [SERVICE | -c | --timeout | --daemon] [-n] [columns] [--exact] [--nosort]
          ipvsadm -Z [SERVICE]
          ipvsadm -C
          ipvsadm -S [-n]                  ipvsadm -R < FILE
          ipvsadm --set TCP TCPFIN UDP
          ipvsadm --start-daemon|--stop-daemon master|backup [DAEMON]
          ipvsadm -h                       ipvsadm -v

        Commands
          -A, --add-service       a new virtual service
          -E, --edit-service      another scheduler or other options for a service
          -D, --delete-service    the service goes; its connections stay until they end
          -C, --clear             all services go
          -a, --add-server        a real server joins a service
          -e, --edit-server       another weight or method for a server
          -d, --delete-server     the server leaves
          -L, -l, --list          show services and servers
          -Z, --zero              counters go back to 0
          -S, --save              print the commands that make these services
          -R, --restore           read such commands from standard input
              --set               timeouts in seconds; 0 leaves one as it is
              --start-daemon, --stop-daemon
                                  replication of connections
          -h, --help              this text
          -v, --version           the version of this grammar

        SERVICE is one of
          -t, --tcp-service HOST[:PORT]        -u, --udp-service HOST[:PORT]
              --sctp-service HOST[:PORT]       -f, --fwmark-service MARK [-6, --ipv6]
          An IPv6 address with a port stands in brackets: [2001:db8::1]:80.

        Options of services
          -s, --scheduler NAME    rr wrr lc wlc (default) lblc lblcr dh sh sed nq fo ovf mh
          -p, --persistent [N]    a client stays on its server for N seconds (default 360)
          -M, --netmask MASK      clients of one network stay together (IPv6: a prefix length)
              --pe ENGINE         persistence by content: sip
          -o, --ops               every UDP datagram is scheduled by itself
          -b, --sched-flags LIST  sh-fallback, sh-port, mh-fallback, mh-port, flag-1, flag-2, flag-3

        Options of servers
          -r, --real-server HOST[:PORT]
          -g, --gatewaying        direct routing (default)
          -i, --ipip              tunnel
          -m, --masquerading      network address translation
          -w, --weight N          share of the load; 0 takes no new connections
          -x, --u-threshold N     most connections
          -y, --l-threshold N     take new ones again below so many
              --tun-type ipip|gue|gre     --tun-port PORT
              --tun-nocsum     --tun-csum     --tun-remcsum

        Options of listings
          -n, --numeric           numbers, no names
          -c, --connection        connections instead of services
              --timeout           timeouts instead
              --daemon            replication instead
              --stats             totals               --rate             totals per second
              --thresholds        -x and -y            --persistent-conn  persistence
              --tun-info          tunnels
          -X, --exact             all digits
              --nosort            in the order in which they are kept
              --sort              as usual

        Options of daemons
              --syncid N          --mcast-interface NAME    --mcast-group ADDRESS
              --sync-maxlen N     --mcast-port PORT         --mcast-ttl N

        Examples
          ipvsadm -A -t 192.168.100.1:80 -s wlc
          ipvsadm -a -t 192.168.100.1:80 -r 10.0.0.11:8080 -m -w 3
          ipvsadm -Ln --stats

        """;
}
