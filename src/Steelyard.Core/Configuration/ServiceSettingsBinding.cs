using System;
using System.Collections.Generic;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>How a <c>virtual_server</c> chooses servers, and whether clients stay.</summary>
internal sealed class ServiceSettingsBinding(ValueReader values)
{
    /// <summary>Longest that LVS takes: 31 days.</summary>
    private const int MaximumPersistenceSeconds = 2_678_400;

    private readonly List<Word> _flagWords = [];
    private string _scheduler = SchedulerNames.Default;
    private SchedulerFlags _flags;
    private TimeSpan? _persistence;
    private Word? _granularity;
    private string _engine = string.Empty;
    private Word? _onePacket;

    /// <returns>False when the word is none of these.</returns>
    public bool TryBind(Statement statement)
    {
        string text = statement.Keyword.Text;
        switch (text)
        {
            case "lvs_sched" or "lb_algo":
                BindScheduler(statement);
                return true;
            case "persistence_timeout":
                _persistence = statement.HasArguments
                    ? BindTimeout(statement) ?? _persistence
                    : PersistenceSettings.DefaultTimeout;
                return true;
            case "persistence_granularity":
                _granularity = values.Single(statement);
                return true;
            case "persistence_engine":
                BindEngine(statement);
                return true;
            case "ops":
                _onePacket = values.Flag(statement) ? statement.Keyword : null;
                return true;
            default:
                return TryBindFlag(statement, text);
        }
    }

    /// <summary>The settings of one service.</summary>
    /// <param name="server">Where a fault of the whole is said.</param>
    public ServiceSettings Build(Statement server, in ServiceKey key)
    {
        CheckFlags();
        bool isDatagrams = key.Mark != 0 || key.Protocol == TransportProtocol.Udp;
        if (_onePacket is Word onePacket && !isDatagrams)
        {
            values.Faults.Error(onePacket.Position, "'ops' is for UDP");
        }

        if (_granularity is not null)
        {
            // As in keepalived: who says which clients are one wants them to be.
            _persistence ??= PersistenceSettings.DefaultTimeout;
        }

        if (_persistence is null && key is { Mark: 0, Port: 0 })
        {
            values.Faults.Warning(
                server.Position,
                "a service of every port is persistent: persistence_timeout 360 is taken");
            _persistence = PersistenceSettings.DefaultTimeout;
        }

        return new ServiceSettings
        {
            Scheduler = _scheduler,
            Flags = _flags,
            Persistence = BuildPersistence(key.Address.IsIpv4),
            PersistenceEngine = _engine,
            IsOnePacket = _onePacket is not null,
        };
    }

    private void BindScheduler(Statement statement)
    {
        if (values.Single(statement) is Word word
            && values.OneOf(word, "a scheduler", [.. SchedulerNames.All]) is string known)
        {
            _scheduler = known;
        }
    }

    private TimeSpan? BindTimeout(Statement statement) =>
        values.Number(statement, 1, MaximumPersistenceSeconds) is int seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private void BindEngine(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return;
        }

        if (word.Text == "sip")
        {
            _engine = word.Text;
            return;
        }

        values.Faults.Error(
            word.Position,
            $"'{Shown.Text(word.Text)}' is not a persistence engine; there is sip alone");
    }

    private bool TryBindFlag(Statement statement, string text)
    {
        SchedulerFlags flag = text switch
        {
            "flag-1" or "sh-fallback" or "mh-fallback" => SchedulerFlags.Fallback,
            "flag-2" or "sh-port" or "mh-port" => SchedulerFlags.Port,
            "flag-3" => SchedulerFlags.Third,
            _ => SchedulerFlags.None,
        };
        if (flag == SchedulerFlags.None)
        {
            return false;
        }

        if (values.Flag(statement))
        {
            _flags |= flag;
            _flagWords.Add(statement.Keyword);
        }

        return true;
    }

    private void CheckFlags()
    {
        foreach (Word word in _flagWords)
        {
            string owner = word.Text.Split('-')[0];
            if (owner != "flag" && owner != _scheduler)
            {
                values.Faults.Error(
                    word.Position, $"'{word.Text}' is for the scheduler {owner}, not {_scheduler}");
            }
        }
    }

    private PersistenceSettings? BuildPersistence(bool isIpv4)
    {
        if (_persistence is not TimeSpan timeout)
        {
            return null;
        }

        PersistenceSettings settings = new(timeout);
        if (_granularity is not Word word)
        {
            return settings;
        }

        if (!isIpv4)
        {
            int? length = values.Number(word, "the prefix of IPv6 clients", 1, 128);
            return settings with { PrefixLength = length ?? settings.PrefixLength };
        }

        if (IpAddress.TryParse(word.Text, out IpAddress mask) && mask.IsIpv4)
        {
            return settings with { Netmask = mask.Ipv4 };
        }

        int? bits = values.Number(
            word, "a granularity that is no mask such as 255.255.255.0", 1, 32);
        return settings with { Netmask = bits is int known ? Ones(known) : settings.Netmask };
    }

    private static uint Ones(int bits) => uint.MaxValue << (32 - bits);
}
