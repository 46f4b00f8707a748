using System.Collections.Immutable;
using static Steelyard.Core.Configuration.WordSupport;

namespace Steelyard.Core.Configuration;

/// <summary>
/// The table of words. Names are keepalived's (2.2.7, asked word by word with its -t, and the later
/// ones of 2.3 and 2.4); the last rows are our own.
/// </summary>
internal static class VocabularyData
{
    private const string Mails = "is not supported yet, ignored: mails are not sent";
    private const string Processes = "has no effect here: there are no child processes to tune";
    private const string Firewall =
        "has no effect here: the engine owns the addresses, no packet filter is needed";
    private const string Snmp = "is not supported yet, ignored: read the metrics instead of SNMP";
    private const string Buffers = "has no effect here: buffers are sized by the program";
    private const string Devices = "has no effect here: no interface is created for an address";
    private const string Scripts = "is not supported yet, ignored: no script is run at all";
    private const string Announcing =
        "is not supported yet, ignored: addresses are announced when a MASTER begins, and when "
        + "a losing MASTER is heard";
    private const string Losing =
        "has no effect here: a losing MASTER is answered at once, by advert and announcement";
    private const string Addresses =
        "has no effect here: other addresses in an advert are complained about, no more";
    private const string Files = "is not supported yet, ignored: this file is not written";
    private const string Logging = "is not supported yet, ignored: the log is as it is";
    private const string Kernel = "has no effect here: the kernel's IPVS is not used";

    private const string Checkers = "TCP_CHECK HTTP_GET";
    private const string LaterCheckers =
        "SSL_GET SMTP_CHECK DNS_CHECK MISC_CHECK PING_CHECK UDP_CHECK";

    public static ImmutableArray<VocabularyRow> Rows { get; } =
    [
        // Outside all blocks.
        new("", Supported, "global_defs{ vrrp_instance{ vrrp_sync_group{ virtual_server{"),
        new("", Supported, "virtual_server_group{"),
        new("", NotYet, "vrrp_script vrrp_track_process vrrp_track_file track_file bfd_instance"),
        new("", NotYet, "SSL track_group net_namespace net_namespace_ipvs"),
        new("", NotYet, "static_ipaddress static_routes static_rules interface_up_down_delays"),
        new("", Ignored, "garp_group", Announcing),
        new("", Ignored, "linkbeat_interfaces linkbeat_use_polling namespace_with_ipsets",
            "has no effect here: links are watched through netlink"),
        new("", Ignored, "instance use_pid_dir child_wait_time", Processes),

        // global_defs
        new("global_defs", Supported, "router_id vrrp_version lvs_timeouts lvs_sync_daemon"),
        new("global_defs", Supported, "vrrp_garp_master_delay vrrp_garp_master_repeat"),
        new("global_defs", Supported, "vrrp_min_garp v3_checksum_as_v2 connection_limit"),
        new("global_defs", Ignored, "notification_email notification_email_from", Mails),
        new("global_defs", Ignored, "smtp_server", Mails),
        new("global_defs", Ignored, "smtp_helo_name smtp_connect_timeout smtp_alert", Mails),
        new("global_defs", Ignored, "smtp_alert_vrrp smtp_alert_checker no_email_faults", Mails),
        new("global_defs", Ignored, "no_checker_emails", Mails),
        new("global_defs", Ignored, "process_names process_name vrrp_process_name", Processes),
        new("global_defs", Ignored, "checker_process_name lvs_process_name", Processes),
        new("global_defs", Ignored, "bfd_process_name max_auto_priority", Processes),
        new("global_defs", Ignored, "min_auto_priority_delay vrrp_priority", Processes),
        new("global_defs", Ignored, "checker_priority bfd_priority vrrp_no_swap", Processes),
        new("global_defs", Ignored, "checker_no_swap bfd_no_swap vrrp_cpu_affinity", Processes),
        new("global_defs", Ignored, "checker_cpu_affinity bfd_cpu_affinity", Processes),
        new("global_defs", Ignored, "vrrp_rt_priority checker_rt_priority", Processes),
        new("global_defs", Ignored, "bfd_rt_priority vrrp_rlimit_rttime", Processes),
        new("global_defs", Ignored, "checker_rlimit_rttime bfd_rlimit_rttime", Processes),
        new("global_defs", Ignored, "vrrp_rlimit_rtime checker_rlimit_rtime", Processes),
        new("global_defs", Ignored, "bfd_rlimit_rtime tmp_config_directory umask", Processes),
        new("global_defs", Ignored, "script_user enable_script_security", Scripts),
        new("global_defs", Ignored, "use_symlink_paths set_supplementary_groups", Scripts),
        new("global_defs", Ignored, "rs_init_notifies vrrp_notify_priority_changes", Scripts),
        new("global_defs", Ignored, "fifo_write_vrrp_states_on_reload", Scripts),
        new("global_defs", Ignored, "startup_script_timeout shutdown_script_timeout", Scripts),
        new("global_defs", NotYet, "startup_script shutdown_script notify_fifo"),
        new("global_defs", NotYet, "notify_fifo_script vrrp_notify_fifo lvs_notify_fifo"),
        new("global_defs", NotYet, "vrrp_notify_fifo_script lvs_notify_fifo_script"),
        new("global_defs", NotYet, "vrrp_mcast_group4 vrrp_mcast_group6 vrrp_check_unicast_src"),
        new("global_defs", NotYet, "vrrp_down_timer_adverts vrrp_startup_delay"),
        new("global_defs", NotYet, "vrrp_delay_after_boot"),
        new("global_defs", NotYet, "reload_time_file reload_repeat"),
        new("global_defs", Ignored, "vrrp_strict",
            "is not supported yet, ignored: the file is not held to the RFC's letter"),
        new("global_defs", Ignored, "vrrp_skip_check_adv_addr", Addresses),
        new("global_defs", Ignored, "vrrp_lower_prio_no_advert", Losing),
        new("global_defs", Ignored, "vrrp_higher_prio_send_advert", Losing),
        new("global_defs", Ignored, "vrrp_garp_lower_prio_delay", Losing),
        new("global_defs", Ignored, "vrrp_garp_lower_prio_repeat", Losing),
        new("global_defs", Ignored, "vrrp_garp_master_refresh vrrp_gna_interval", Announcing),
        new("global_defs", Ignored, "vrrp_garp_interval", Announcing),
        new("global_defs", Ignored, "vrrp_garp_master_refresh_repeat", Announcing),
        new("global_defs", Ignored, "vrrp_garp_extra_if vrrp_vmac_garp_intvl", Announcing),
        new("global_defs", Ignored, "nftables nftables_priority nftables_counters", Firewall),
        new("global_defs", Ignored, "nftables_ifindex vrrp_iptables vrrp_ipsets", Firewall),
        new("global_defs", Ignored, "disable_local_igmp", Firewall),
        new("global_defs", NotYet, "nftables_ipvs nftables_ipvs_priority"),
        new("global_defs", NotYet, "nftables_ipvs_start_fwmark"),
        new("global_defs", Ignored, "snmp_socket enable_traps enable_snmp_vrrp", Snmp),
        new("global_defs", Ignored, "enable_snmp_checker enable_snmp_keepalived", Snmp),
        new("global_defs", Ignored, "enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3", Snmp),
        new("global_defs", Ignored, "snmp_vs_stats_update_interval", Snmp),
        new("global_defs", Ignored, "snmp_rs_stats_update_interval", Snmp),
        new("global_defs", Ignored, "enable_dbus dbus_service_name dbus_no_interface_name",
            "is not supported yet, ignored: ask the control socket instead of D-Bus"),
        new("global_defs", Ignored, "vrrp_netlink_cmd_rcv_bufs", Buffers),
        new("global_defs", Ignored, "vrrp_netlink_cmd_rcv_bufs_force", Buffers),
        new("global_defs", Ignored, "vrrp_netlink_monitor_rcv_bufs", Buffers),
        new("global_defs", Ignored, "vrrp_netlink_monitor_rcv_bufs_force", Buffers),
        new("global_defs", Ignored, "lvs_netlink_cmd_rcv_bufs", Buffers),
        new("global_defs", Ignored, "lvs_netlink_cmd_rcv_bufs_force", Buffers),
        new("global_defs", Ignored, "lvs_netlink_monitor_rcv_bufs", Buffers),
        new("global_defs", Ignored, "lvs_netlink_monitor_rcv_bufs_force", Buffers),
        new("global_defs", Ignored, "process_monitor_rcv_bufs", Buffers),
        new("global_defs", Ignored, "process_monitor_rcv_bufs_force", Buffers),
        new("global_defs", Ignored, "vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier", Buffers),
        new("global_defs", Ignored, "vmac_prefix vmac_addr_prefix dynamic_interfaces", Devices),
        new("global_defs", Ignored, "default_interface iproute_usr_dir iproute_etc_dir", Devices),
        new("global_defs", Ignored, "lvs_flush lvs_flush_on_stop lvs_flush_onstop", Kernel),
        new("global_defs", Ignored, "checker_log_all_failures log_unknown_vrids", Logging),
        new("global_defs", Ignored, "config_save_dir data_use_instance reload_file", Files),
        new("global_defs", Ignored, "state_file_location stats_file_location", Files),
        new("global_defs", Ignored, "json_file_location json_version", Files),
        new("global_defs", Ignored, "random_seed include_check reload_check_config",
            "has no effect here: a reload checks the whole file before it changes anything"),

        // vrrp_sync_group
        new("vrrp_sync_group", Supported, "group{"),
        new("vrrp_sync_group", NotYet, "track_interface track_script track_file track_process"),
        new("vrrp_sync_group", NotYet, "track_bfd notify notify_master notify_backup notify_fault"),
        new("vrrp_sync_group", NotYet, "notify_stop notify_deleted"),
        new("vrrp_sync_group", Ignored, "notify_priority_changes", Scripts),
        new("vrrp_sync_group", Ignored, "smtp_alert", Mails),
        new("vrrp_sync_group", Ignored, "global_tracking sync_group_tracking_weight",
            "is not supported yet, ignored: nothing is tracked"),

        // vrrp_instance
        new("vrrp_instance", Supported, "state interface virtual_router_id priority advert_int"),
        new("vrrp_instance", Supported, "version nopreempt preempt preempt_delay mcast_src_ip"),
        new("vrrp_instance", Supported, "garp_master_delay garp_master_repeat use_vmac accept"),
        new("vrrp_instance", Supported, "v3_checksum_as_v2 native_ipv6"),
        new("vrrp_instance", Supported, "virtual_ipaddress{ virtual_ipaddress_excluded{"),
        new("vrrp_instance", Supported, "authentication{"),
        new("authentication", Supported, "auth_type auth_pass"),
        new("vrrp_instance", NotYet, "track_interface track_script track_file track_process"),
        new("vrrp_instance", NotYet, "track_bfd track_src_ip unicast_peer unicast_src_ip"),
        new("vrrp_instance", NotYet, "unicast_ttl unicast_fault_no_peer check_unicast_src"),
        new("vrrp_instance", NotYet, "old_unicast_checksum mcast_dst_ip down_timer_adverts"),
        new("vrrp_instance", NotYet, "virtual_routes virtual_rules vrf use_ipvlan no_accept"),
        new("vrrp_instance", NotYet, "notify notify_master notify_backup notify_fault"),
        new("vrrp_instance", NotYet, "notify_stop notify_deleted notify_master_rx_lower_pri"),
        new("vrrp_instance", NotYet, "auth_hmac timer_expired_backup no_virtual_ipaddress"),
        new("auth_hmac", NotYet, "key active_key anti_replay time_window mode"),
        new("vrrp_instance", NotYet, "lvs_sync_daemon_interface",
            "; say 'lvs_sync_daemon INTERFACE INSTANCE' in global_defs"),
        new("vrrp_instance", Ignored, "dont_track_primary",
            "is not supported yet, ignored: a router whose interface is down is in FAULT"),
        new("vrrp_instance", Ignored, "strict_mode",
            "is not supported yet, ignored: the file is not held to the RFC's letter"),
        new("vrrp_instance", Ignored, "skip_check_adv_addr", Addresses),
        new("vrrp_instance", Ignored, "lower_prio_no_advert higher_prio_send_advert", Losing),
        new("vrrp_instance", Ignored, "garp_lower_prio_delay garp_lower_prio_repeat", Losing),
        new("vrrp_instance", Ignored, "garp_master_refresh garp_master_refresh_repeat", Announcing),
        new("vrrp_instance", Ignored, "garp_extra_if vmac_garp_intvl", Announcing),
        new("vrrp_instance", Ignored, "use_vmac_addr vmac_xmit_base promote_secondaries", Devices),
        new("vrrp_instance", Ignored, "linkbeat_use_polling",
            "has no effect here: links are watched through netlink"),
        new("vrrp_instance", Ignored, "kernel_rx_buf_size", Buffers),
        new("vrrp_instance", Ignored, "debug", Logging),
        new("vrrp_instance", Ignored, "notify_priority_changes", Scripts),
        new("vrrp_instance", Ignored, "smtp_alert", Mails),

        // virtual_server and real_server
        new("virtual_server", Supported, "real_server{ protocol lvs_sched lb_algo lvs_method"),
        new("virtual_server", Supported, "lb_kind quorum hysteresis sorry_server weight"),
        new("virtual_server", Supported, "sorry_server_lvs_method"),
        new("virtual_server real_server", Supported, "delay_loop retry delay_before_retry alpha"),
        new("virtual_server real_server", Supported, "connect_timeout warmup virtualhost"),
        new("virtual_server real_server", Supported, "inhibit_on_failure rise fall"),
        new("virtual_server", Supported, "persistence_timeout persistence_engine ip_family ops"),
        new("virtual_server", Supported, "persistence_granularity flag-1 flag-2 flag-3"),
        new("virtual_server", Supported, "sh-port sh-fallback mh-port mh-fallback"),
        new("virtual_server", NotYet, "quorum_up quorum_down sorry_server_inhibit"),
        new("virtual_server", Ignored, "hashed", "has no effect here, nor in LVS"),
        new("virtual_server", Ignored, "ha_suspend",
            "is not supported yet, ignored: servers are checked in BACKUP, too"),
        new("virtual_server", Ignored, "omega", Scripts),
        new("virtual_server real_server", Ignored, "smtp_alert", Mails),
        new("virtual_server real_server", Ignored, "snmp_name", Snmp),
        new("real_server", Supported, "weight lvs_method uthreshold lthreshold"),
        new("real_server", Supported, "TCP_CHECK{ HTTP_GET{"),
        new("real_server", NotYet, "SSL_GET SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK"),
        new("real_server", NotYet, "PING_CHECK UDP_CHECK FILE_CHECK"),
        new("real_server", NotYet, "notify_up notify_down"),

        // Checks
        new(Checkers, Supported, "connect_ip connect_port connect_timeout delay_loop retry"),
        new(Checkers, Supported, "delay_before_retry warmup alpha rise fall nb_get_retry"),
        new(Checkers, NotYet, "bindto bind_if bind_port fwmark"),
        new(Checkers, Ignored, "log_all_failures", Logging),
        new("HTTP_GET", Supported, "url{ virtualhost"),
        new("HTTP_GET", NotYet, "http_protocol fast_recovery"),
        new("HTTP_GET", NotYet, "enable_sni sni_name tls_compliant"),
        new("url", Supported, "path status_code digest virtualhost"),
        new("url", NotYet, "regex regex_no_match regex_options regex_stack"),
        new("url", NotYet, "regex_min_offset regex_max_offset tls_compliant"),

        // Inside blocks that are refused whole: known, to say where a word belongs.
        new(LaterCheckers, NotYet, "delay_loop retry delay_before_retry warmup alpha"),
        new(LaterCheckers, NotYet, "log_all_failures connect_timeout connect_ip connect_port"),
        new(LaterCheckers, NotYet, "bindto bind_if bind_port fwmark"),
        new("SSL_GET", NotYet, "url virtualhost http_protocol fast_recovery enable_sni sni_name"),
        new("SSL_GET", NotYet, "tls_compliant nb_get_retry"),
        new("SMTP_CHECK", NotYet, "helo_name host"),
        new("DNS_CHECK", NotYet, "type name"),
        new("MISC_CHECK", NotYet, "misc_path misc_timeout misc_dynamic user"),
        new("UDP_CHECK", NotYet, "payload require_reply min_reply_length max_reply_length"),
        new("BFD_CHECK", NotYet, "name alpha"),
        new("FILE_CHECK", NotYet, "track_file weight"),
        new("SSL", NotYet, "password ca certificate key"),
        new("vrrp_script", NotYet, "script interval timeout weight rise fall user init_fail"),
        new("track_file vrrp_track_file", NotYet, "file weight init_file"),
        new("vrrp_track_process", NotYet, "process param_match weight quorum quorum_max"),
        new("vrrp_track_process", NotYet, "fork_delay terminate_delay delay full_command"),
        new("bfd_instance", NotYet, "neighbor_ip neighbour_ip source_ip min_rx min_tx idle_tx"),
        new("bfd_instance", NotYet, "multiplier passive ttl hoplimit max_hops multihop weight"),
        new("bfd_instance", NotYet, "vrrp checker"),
        new("garp_group", NotYet, "garp_interval gna_interval interface interfaces"),
        new("track_group", NotYet, "group"),

        // Our own.
        new("", Supported, "panel{ telemetry{ dashboard{ sync{"),
        new("", Supported, "mark{ lvs_settings{ source_pool{ masquerade{"),
        new("mark", Supported, "protocol source destination port interface"),
        new("masquerade", Supported, "source"),
        new("lvs_settings", Supported, "expire_nodest_conn expire_quiescent_template"),
        new("lvs_settings", Supported, "conn_reuse_mode drop_entry drop_packet am_droprate"),
        new("lvs_settings", Supported, "secure_tcp sloppy_tcp sloppy_sctp schedule_icmp"),
        new("lvs_settings", Supported, "pmtu_disc nat_icmp_send service_share source_share"),
        new("lvs_settings", Supported, "lblc_expiration lblcr_expiration"),
        new("panel", Supported, "chip board ready_line role_line fault_line button_line"),
        new("telemetry", Supported, "broker tls user password_file interval listen"),
        new("telemetry", Supported, "mqtt_version ca_file pin client_certificate"),
        new("sync", Supported, "key"),
        new("dashboard", Supported, "listen tls allowed_hosts trusted_proxy off"),
    ];
}
