using System;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>vrrp_instance</c>.</summary>
internal sealed class VirtualRouterBinding(ValueReader values, GlobalBinding globals)
{
    /// <summary>Max_Advertise_Interval: 4095 centiseconds. RFC 9568 §5.2.7.</summary>
    private const decimal MaximumIntervalSeconds = 40.95m;

    private const int UsualPriority = 100;
    private const int OwnerPriority = 255;

    private readonly VirtualAddressBinding _held = new(values);
    private Word? _interface;
    private Word? _interval;
    private Word? _versionWord;
    private int? _identifier;
    private int? _ownVersion;
    private int? _priority;
    private Word? _stateMaster;
    private Statement? _noPreempt;
    private Statement? _preemptDelay;
    private Word? _sourceWord;
    private Word? _nativeIpv6;
    private Statement? _authentication;
    private TimeSpan _arpDelay = globals.GratuitousArpDelay;
    private int _arpRepeat = globals.GratuitousArpRepeat;
    private bool _sumsPseudoHeader = globals.ChecksumsPseudoHeader;

    private bool IsIpv6 => _held.Addresses is [IpPrefix first, ..] && !first.Address.IsIpv4;

    /// <summary>
    /// Over IPv6 there is version 3 alone: the default is for IPv4, as in keepalived.
    /// </summary>
    private int Version => _ownVersion ?? (IsIpv6 ? 3 : globals.RouterVersion);

    /// <summary>As in keepalived, where who begins as MASTER without a number owns.</summary>
    private int Priority => _priority ?? (_stateMaster is null ? UsualPriority : OwnerPriority);

    private bool StartsAsMaster => _stateMaster is not null || Priority == OwnerPriority;

    /// <summary>The router, or none when what names it is missing.</summary>
    public VirtualRouterConfig? Bind(Statement instance, string name)
    {
        BlockScope scope = new("vrrp_instance", values.Faults);
        foreach (Statement statement in instance.Block ?? [])
        {
            if (scope.Accepts(statement) && !TryBindIdentity(statement))
            {
                BindRest(statement);
            }
        }

        _held.CheckDevices(_interface?.Text);
        CheckWhole(instance);
        CheckFamily();
        IpAddress? source = BindSource();
        TimeSpan interval = BindInterval();
        TimeSpan delay = BindPreemption();
        string? password = _authentication is null
            ? null
            : new AuthenticationBinding(values).Bind(_authentication, Version);
        if (_interface is not Word device || _identifier is not int identifier)
        {
            return null;
        }

        return new VirtualRouterConfig
        {
            Name = name,
            Interface = device.Text,
            VirtualRouterId = (byte)identifier,
            Priority = (byte)Priority,
            Version = Version,
            AdvertisementInterval = interval,
            StartsAsMaster = StartsAsMaster,
            Preempts = StartsAsMaster || _noPreempt is null,
            PreemptDelay = delay,
            Addresses = _held.Addresses,
            ExcludedAddresses = _held.Excluded,
            SourceAddress = source,
            AuthenticationPassword = password,
            ChecksumsPseudoHeader = _sumsPseudoHeader,
            GratuitousArpDelay = _arpDelay,
            GratuitousArpRepeat = _arpRepeat,
        };
    }

    private bool TryBindIdentity(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "state":
                BindState(statement);
                return true;
            case "interface":
                _interface = BindInterface(statement) ?? _interface;
                return true;
            case "virtual_router_id":
                _identifier = values.Number(statement, 1, 255) ?? _identifier;
                return true;
            case "priority":
                _priority = values.Number(statement, 1, 255) ?? _priority;
                return true;
            case "version":
                _ownVersion = values.Number(statement, 2, 3) ?? _ownVersion;
                _versionWord = statement.Keyword;
                return true;
            case "advert_int":
                _interval = values.Single(statement);
                return true;
            case "virtual_ipaddress":
                _held.Bind(statement, isExcluded: false);
                return true;
            case "virtual_ipaddress_excluded":
                _held.Bind(statement, isExcluded: true);
                return true;
            default:
                return false;
        }
    }

    private void BindRest(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "nopreempt":
                values.NoMore(statement, 0);
                _noPreempt = statement;
                break;
            case "preempt":
                values.NoMore(statement, 0);
                _noPreempt = null;
                break;
            case "preempt_delay":
                _preemptDelay = statement;
                break;
            case "mcast_src_ip":
                _sourceWord = values.Single(statement);
                break;
            case "native_ipv6":
                values.NoMore(statement, 0);
                _nativeIpv6 = statement.Keyword;
                break;
            case "garp_master_delay":
                _arpDelay = values.Seconds(statement, 0, 3600) ?? _arpDelay;
                break;
            case "garp_master_repeat":
                _arpRepeat = values.Number(statement, 1, 100) ?? _arpRepeat;
                break;
            case "v3_checksum_as_v2":
                _sumsPseudoHeader = !values.Flag(statement);
                break;
            case "authentication":
                _authentication = statement;
                break;
            case "use_vmac" or "accept":
                // Always so here: the engine answers for its addresses, under the virtual MAC.
                break;
            default:
                Binder.SayUnbound(statement);
                break;
        }
    }

    private Word? BindInterface(Statement statement) =>
        values.Single(statement) is Word word && values.Interface(word) is not null ? word : null;

    private void BindState(Statement statement)
    {
        if (values.Single(statement) is Word word
            && values.OneOf(word, "a state", ["MASTER", "BACKUP"]) is string state)
        {
            _stateMaster = state == "MASTER" ? word : null;
        }
    }

    private void CheckWhole(Statement instance)
    {
        string name = Shown.Text(instance.Arguments.Count > 0 ? instance.Arguments[0].Text : "?");
        string? missing = _interface is null && !Mentions(instance, "interface")
            ? "interface"
            : _identifier is null && !Mentions(instance, "virtual_router_id")
                ? "virtual_router_id"
                : null;
        if (missing is not null)
        {
            values.Faults.Error(instance.Position, $"vrrp_instance {name} needs '{missing}'");
        }

        if (_held.LineCount == 0)
        {
            values.Faults.Error(
                instance.Position, $"vrrp_instance {name} holds no address: add virtual_ipaddress");
        }
    }

    /// <summary>
    /// What keepalived clears with a warning is cleared here, and said: a box that begins as MASTER
    /// leaves no living MASTER in place, and waits for none.
    /// </summary>
    private TimeSpan BindPreemption()
    {
        if (_stateMaster is Word state && _priority is null)
        {
            values.Faults.Warning(
                state.Position,
                "'state MASTER' without 'priority' is priority 255, as in keepalived: the owner, "
                + "which no other router may be; say a priority on both boxes");
        }

        TimeSpan delay = _preemptDelay is null
            ? TimeSpan.Zero
            : values.Seconds(_preemptDelay, 0, 1000) ?? TimeSpan.Zero;
        string begins = _stateMaster is null ? "'priority 255'" : "'state MASTER'";
        if (StartsAsMaster && _noPreempt is { } noPreempt)
        {
            values.Faults.Warning(
                noPreempt.Position,
                $"'nopreempt' contradicts {begins}, ignored as in keepalived: a box that leaves a "
                + "living MASTER in place starts as BACKUP; say 'state BACKUP' on both boxes");
        }

        bool isIdle = StartsAsMaster ? _stateMaster is not null : _noPreempt is not null;
        if (delay == TimeSpan.Zero || !isIdle)
        {
            return delay;
        }

        values.Faults.Warning(
            _preemptDelay!.Position,
            $"'preempt_delay' does not go with {(StartsAsMaster ? begins : "'nopreempt'")}, "
            + "ignored as in keepalived");
        return TimeSpan.Zero;
    }

    /// <summary>The addresses say over which family the adverts go.</summary>
    private void CheckFamily()
    {
        if (IsIpv6 && _ownVersion == 2 && _versionWord is Word word)
        {
            values.Faults.Error(
                word.Position, "VRRP version 2 knows no IPv6 address; say 'version 3'");
        }

        if (!IsIpv6 && _nativeIpv6 is Word native && !_held.Addresses.IsEmpty)
        {
            values.Faults.Error(
                native.Position,
                $"'native_ipv6' contradicts the address {_held.Addresses[0].Address}");
        }
    }

    private IpAddress? BindSource()
    {
        if (_sourceWord is not Word word || values.Address(word) is not IpAddress source)
        {
            return null;
        }

        if (_held.Addresses is [IpPrefix first, ..] && first.Address.IsIpv4 != source.IsIpv4)
        {
            values.Faults.Error(
                word.Position,
                $"adverts of {first.Address} come from an address of its family, not {source}");
        }

        return source;
    }

    private static bool Mentions(Statement instance, string keyword) =>
        instance.Block?.Any(statement => statement.Keyword.Text == keyword) ?? false;

    private TimeSpan BindInterval()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        if (_interval is not Word word)
        {
            return second;
        }

        if (Version == 3)
        {
            return values.Seconds(word, "'advert_int'", 0.01m, MaximumIntervalSeconds) ?? second;
        }

        TimeSpan? interval = values.Seconds(word, "'advert_int'", 0.01m, 255);
        if (interval is { } time && time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            string version = _versionWord is null ? "which is the default, " : string.Empty;
            values.Faults.Error(
                word.Position,
                $"VRRP version 2, {version}has whole seconds; say 'version 3' for 'advert_int "
                + $"{Shown.Text(word.Text)}'");
        }

        return interval ?? second;
    }
}
