using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Lab;

/// <summary>Writes a box's configuration file, as its owner would.</summary>
internal static class LabConfiguration
{
    /// <summary>The pair's, for as long as the lab lasts.</summary>
    private static string Key { get; } =
        RandomNumberGenerator.GetHexString(2 * SyncKey.Length, lowercase: true);

    /// <param name="panelSocket">Where the lab plays the box's front panel.</param>
    public static string Write(int box, string panelSocket)
    {
        StringBuilder text = new();
        Add(text, $$"""
            # Box {{LabPlan.BoxName(box)}} of the lab's pair.
            global_defs {
                router_id {{LabPlan.BoxName(box)}}
                vrrp_version 3
                connection_limit 65536
                lvs_sync_daemon {{LabPlan.InsideLeg}} id 1
            }

            sync {
                key hex:{{Key}}
            }

            # The service's address and the servers' gateway move together.
            vrrp_sync_group pair {
                group {
                    {{LabPlan.OutsideLeg}}
                    {{LabPlan.InsideLeg}}
                }
            }

            """);
        WriteRouter(text, box, LabPlan.OutsideLeg, 51, LabPlan.VirtualOutside);
        WriteRouter(text, box, LabPlan.InsideLeg, 52, LabPlan.VirtualInside);
        WriteService(text, LabPlan.WebPort, "TCP", "HTTP_GET", """
                        url {
                            path /health
                            status_code 200
                        }
            """);
        WriteService(text, LabPlan.EchoPort, "UDP", "TCP_CHECK", $"""
                        connect_port {LabPlan.WebPort}
            """);
        Add(text, $$"""
            panel {
                chip "simulated:{{panelSocket}}"
            }

            dashboard {
                listen 127.0.0.1 {{LabPlan.DashboardPort}}
            }

            """);
        return text.ToString();
    }

    /// <summary>
    /// Equal twins: whoever serves goes on serving, and a box that returns waits. So a press moves
    /// the role for good, and a repaired box disturbs nobody.
    /// </summary>
    private static void WriteRouter(
        StringBuilder text, int box, string leg, int id, IpPrefix address) => Add(text, $$"""
            vrrp_instance {{leg}} {
                state BACKUP
                nopreempt
                interface {{leg}}
                virtual_router_id {{id}}
                priority {{150 - (50 * box)}}
                advert_int {{LabPlan.AdvertisementInterval.TotalSeconds}}
                virtual_ipaddress {
                    {{address}}
                }
            }

            """);

    private static void WriteService(
        StringBuilder text, ushort port, string protocol, string check, string what)
    {
        IEnumerable<int> indexes = Enumerable.Range(0, LabPlan.ServerCount);
        string servers = string.Concat(indexes.Select(server => $$"""

                real_server {{LabPlan.Server(server).Address}} {{port}} {
                    weight 1
                    {{check}} {
            {{what}}
                        connect_timeout 3
                        retry 1
                        delay_before_retry 0.05
                    }
                }
            """));
        Add(text, $$"""
            virtual_server {{LabPlan.VirtualOutside.Address}} {{port}} {
                delay_loop {{LabPlan.CheckPeriod.TotalSeconds}}
                lvs_sched rr
                lvs_method NAT
                protocol {{protocol}}{{servers}}
            }

            """);
    }

    private static void Add(StringBuilder text, FormattableString part) => text
        .Append(part.ToString(CultureInfo.InvariantCulture))
        .Append('\n');
}
