using System.Globalization;
using System.Linq;
using System.Text;

namespace Steelyard.Rig.Methods;

/// <summary>
/// The box's configuration: a service for each method, on the virtual addresses of both families.
/// </summary>
internal static class MethodsConfig
{
    /// <summary>Address translation, full NAT, and what has no server of its own.</summary>
    internal const string Vip = "192.168.100.1";

    /// <inheritdoc cref="Vip"/>
    internal const string Vip6 = "fd00:a::1";

    /// <summary>Direct routing and tunnels: the server holds these, too.</summary>
    internal const string Shared = "192.168.100.5";

    /// <inheritdoc cref="Shared"/>
    internal const string Shared6 = "fd00:a::5";

    internal const int Web = 80;
    internal const int Files = 81;
    internal const int FullNat = 8100;
    internal const int Direct = 8001;
    internal const int Udp = 5300;
    internal const int Echo = 7;
    internal const int Ftp = 21;

    /// <summary>Ports of the servers themselves.</summary>
    internal const int GuePort = 6080;

    /// <inheritdoc cref="GuePort"/>
    internal const int WebServer = 8080;

    /// <inheritdoc cref="GuePort"/>
    internal const int UdpServer = 5353;

    /// <summary>Each kind of tunnel has a port; so the server's one nginx hears them all.</summary>
    internal static readonly (int Port, string Server, string Words)[] Tunnels =
    [
        (8010, "10.0.0.21", "type ipip"),
        (8011, "10.0.0.21", "type gre nocsum"),
        (8012, "10.0.0.21", "type gre csum"),
        (8013, "10.0.0.21", "type gue port 6080 nocsum"),
        (8014, "10.0.0.21", "type gue port 6080 csum"),
        (8015, "10.0.0.21", "type gue port 6080 remcsum"),
        (8020, "fd00:b::21", "type ipip"),
        (8021, "fd00:b::21", "type gre nocsum"),
        (8022, "fd00:b::21", "type gre csum"),
        (8023, "fd00:b::21", "type gue port 6080 nocsum"),
        (8024, "fd00:b::21", "type gue port 6080 csum"),
        (8025, "fd00:b::21", "type gue port 6080 remcsum"),
    ];

    internal static string Write()
    {
        StringBuilder text = new();
        text.Append("""
            global_defs {
                router_id methods
                vrrp_version 3
                connection_limit 65536
            }
            vrrp_sync_group pair {
                group {
                    outside
                    outside6
                    inside
                    inside6
                }
            }
            dashboard {
                off
            }
            telemetry {
                listen 127.0.0.1 18831
            }
            source_pool {
                10.0.0.201-10.0.0.202
                fd00:b::201-fd00:b::202
            }
            masquerade {
                source 10.0.0.0/24
                source fd00:b::/64
            }

            """);
        Router(text, "outside", "outside", $"{Vip}/24", $"{Shared}/24");
        Router(text, "outside6", "outside", $"{Vip6}/64", $"{Shared6}/64");
        Router(text, "inside", "inside", "10.0.0.1/24", "10.0.0.201/24", "10.0.0.202/24");
        Router(
            text, "inside6", "inside", "fd00:b::1/64", "fd00:b::201/64", "fd00:b::202/64");
        foreach ((string vip, string shared, string network) in
            ((string, string, string)[])[(Vip, Shared, "10.0.0."), (Vip6, Shared6, "fd00:b::")])
        {
            string[] pair = [$"{network}11", $"{network}12"];
            Service(text, vip, Web, "TCP", "NAT", WebServer, pair);
            Service(text, vip, Files, "TCP", "NAT", WebServer, $"{network}11");
            Service(text, vip, FullNat, "TCP", "FNAT", WebServer, $"{network}31");
            Service(text, vip, Udp, "UDP", "NAT", UdpServer, $"{network}11");
            Service(
                text, vip, Echo, "SCTP", "NAT", Echo, network + (vip == Vip ? "41" : "46"));
            Service(text, vip, Ftp, "TCP", "NAT", Ftp, $"{network}11");
            Service(text, shared, Direct, "TCP", "DR", Direct, $"{network}21");
            foreach ((int port, string server, string words) in Tunnels)
            {
                Service(text, shared, port, "TCP", "TUN " + words, port, server);
            }
        }

        return text.ToString();
    }

    private static void Router(
        StringBuilder text, string name, string link, params string[] addresses) =>
        text.Append(CultureInfo.InvariantCulture, $$"""
            vrrp_instance {{name}} {
                state BACKUP
                interface {{link}}
                virtual_router_id {{(link == "outside" ? 51 : 52)}}
                priority 150
                advert_int 0.1
                virtual_ipaddress {
                    {{string.Join("\n        ", addresses)}}
                }
            }

            """);

    private static void Service(
        StringBuilder text,
        string address,
        int port,
        string protocol,
        string method,
        int serverPort,
        params string[] servers)
    {
        text.Append(CultureInfo.InvariantCulture, $$"""
            virtual_server {{address}} {{port}} {
                protocol {{protocol}}
                lvs_sched rr
                lvs_method {{method}}

            """);
        text.AppendJoin('\n', servers.Select(server => $$"""
                real_server {{server}} {{serverPort}} {
                    weight 1
                }
            """));
        text.Append("\n}\n\n");
    }
}
