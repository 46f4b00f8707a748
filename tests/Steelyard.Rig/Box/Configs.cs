namespace Steelyard.Rig.Box;

/// <summary>Configurations of the rig's boxes.</summary>
internal static class Configs
{
    /// <summary>Both routers of a box, in one group.</summary>
    internal static string Routers(
        int priority = 150, int version = 3, string advert = "0.1", string more = "") => $$"""
        global_defs {
            router_id rig{{priority}}
            vrrp_version {{version}}
            connection_limit 65536
        }
        vrrp_sync_group pair {
            group {
                outside
                inside
            }
        }
        vrrp_instance outside {
            state BACKUP
            interface outside
            virtual_router_id 51
            priority {{priority}}
            advert_int {{advert}}
            {{more}}
            virtual_ipaddress {
                192.168.100.1/24
            }
        }
        vrrp_instance inside {
            state BACKUP
            interface inside
            virtual_router_id 52
            priority {{priority}}
            advert_int {{advert}}
            {{more}}
            virtual_ipaddress {
                10.0.0.1/24
            }
        }
        dashboard {
            off
        }
        telemetry {
            listen 127.0.0.1 18831
        }

        """;

    /// <summary>The web service on the VIP's port 80.</summary>
    internal static string Web(
        string method = "NAT", int port = 8080, int first = 1, bool second = true,
        string check = "", string more = "") => $$"""
        virtual_server 192.168.100.1 80 {
            protocol TCP
            lvs_sched rr
            lvs_method {{method}}
            delay_loop 1
            {{more}}
            real_server 10.0.0.11 {{port}} {
                weight {{first}}
                {{check}}
            }
        {{(second ? Second(port, check) : string.Empty)}}
        }

        """;

    private static string Second(int port, string check) => $$"""
            real_server 10.0.0.12 {{port}} {
                weight 1
                {{check}}
            }
        """;
}
