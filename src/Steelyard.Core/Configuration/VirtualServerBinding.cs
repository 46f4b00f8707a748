using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>virtual_server</c>: a service, or as many as its group names.</summary>
internal sealed class VirtualServerBinding(ValueReader values, ServiceNameBinding names)
{
    private const int MaximumQuorum = 1_000_000_000;

    private readonly CheckDefaults _checks = new(values);
    private readonly ServiceSettingsBinding _settings = new(values);
    private readonly MethodBinding _methods = new(values);
    private readonly List<Statement> _realServers = [];
    private TransportProtocol _protocol;
    private MethodChoice _method = new(ForwardingMethod.Nat);
    private MethodChoice? _sorryMethod;
    private Statement? _sorry;
    private Word? _quorumWord;
    private int _quorum = 1;
    private int _hysteresis;
    private int _weight = 1;
    private bool _inhibits;
    private Word? _familyWord;

    /// <summary>The services, with the word that names each; none for lack of a name.</summary>
    public List<(Word Name, VirtualServerConfig Server)> Bind(Statement server)
    {
        BlockScope scope = new("virtual_server", values.Faults);
        foreach (Statement statement in server.Block ?? [])
        {
            if (scope.Accepts(statement)
                && !_checks.TryBind(statement)
                && !_settings.TryBind(statement))
            {
                BindOne(statement);
            }
        }

        ImmutableArray<ServiceName> bound = names.Bind(server);
        if (_protocol == TransportProtocol.Unknown
            && (bound.IsEmpty || bound.Any(name => name.Mark == 0)))
        {
            SayProtocol(server);
        }

        if (bound.IsEmpty)
        {
            // Without an address of its own the service still shows the faults of its servers.
            ServiceKey nowhere = new(_protocol, FamilyOf(server, null), 1);
            _ = BindRealServers(nowhere, isShown: true);
            return [];
        }

        return [.. bound.Select(name => (name.Word, BindService(server, name)))];
    }

    private VirtualServerConfig BindService(Statement server, ServiceName name)
    {
        IpAddress family = FamilyOf(server, name);
        ServiceKey key = name.Mark != 0
            ? new(TransportProtocol.Unknown, family, 0, name.Mark)
            : new(_protocol, name.Address, name.Port);
        List<RealServerConfig> servers = BindRealServers(key, isShown: false);
        RealServerConfig? sorry = BindSorry(key, servers);
        (int quorum, int hysteresis) = Reachable(server, servers);
        return new VirtualServerConfig
        {
            Key = key,
            Settings = _settings.Build(server, key),
            DelayLoop = _checks.DelayLoop ?? CheckBinding.DelayLoop,
            Quorum = quorum,
            Hysteresis = hysteresis,
            RealServers = ConfigList.From(servers),
            SorryServer = sorry,
        };
    }

    private void BindOne(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "real_server":
                _realServers.Add(statement);
                break;
            case "protocol":
                BindProtocol(statement);
                break;
            case "ip_family":
                _familyWord = values.Single(statement) is Word word
                    && values.OneOf(word, "a family", ["inet", "inet6"]) is not null
                    ? word
                    : _familyWord;
                break;
            case "lvs_method" or "lb_kind":
                _method = _methods.Bind(statement) ?? _method;
                break;
            case "sorry_server_lvs_method":
                _sorryMethod = _methods.Bind(statement);
                break;
            case "sorry_server":
                _sorry = statement;
                break;
            case "quorum":
                _quorum = values.Number(statement, 1, MaximumQuorum) ?? _quorum;
                _quorumWord = statement.Keyword;
                break;
            case "hysteresis":
                _hysteresis = values.Number(statement, 0, MaximumQuorum) ?? _hysteresis;
                break;
            case "weight":
                _weight = values.Number(statement, 0, RealServerBinding.MaximumWeight) ?? _weight;
                break;
            case "inhibit_on_failure":
                _inhibits = values.Flag(statement);
                break;
            default:
                Binder.SayUnbound(statement);
                break;
        }
    }

    /// <summary>A wrong one has been said; what depends on it is then read as TCP's.</summary>
    private void BindProtocol(Statement statement)
    {
        TransportProtocol known = values.Protocol(statement);
        _protocol = known != TransportProtocol.Unknown ? known : TransportProtocol.Tcp;
    }

    /// <summary>
    /// An address of the service's family: its own, or, of a mark, 0.0.0.0 or :: by what
    /// ip_family says, or else by its first server.
    /// </summary>
    private IpAddress FamilyOf(Statement server, ServiceName? name)
    {
        IpAddress ipv4 = IpAddress.FromIpv4(0);
        if (name is ServiceName { Mark: 0 } named)
        {
            if (_familyWord is Word word && word.Text == "inet" != named.Address.IsIpv4)
            {
                values.Faults.Error(
                    word.Position, $"{named.Address} is of the other family than ip_family says");
            }

            return named.Address;
        }

        if (_familyWord is Word family)
        {
            return family.Text == "inet" ? ipv4 : default;
        }

        IEnumerable<Statement> inside = server.Block ?? [];
        Word? first = inside
            .Where(inner => inner.Keyword.Text == "real_server" && inner.HasArguments)
            .Select(inner => (Word?)inner.Arguments[0])
            .FirstOrDefault();
        bool isIpv6 = IpAddress.TryParse(first?.Text, out IpAddress address) && !address.IsIpv4;
        return isIpv6 ? default : ipv4;
    }

    private void SayProtocol(Statement server)
    {
        bool isMentioned = server.Block?.Any(inner => inner.Keyword.Text == "protocol") ?? false;
        if (!isMentioned)
        {
            values.Faults.Error(
                server.Position,
                "the service names no protocol: add 'protocol TCP', 'protocol UDP' or "
                + "'protocol SCTP'");
        }
    }

    /// <param name="isShown">For their faults alone: the service has no name.</param>
    private List<RealServerConfig> BindRealServers(ServiceKey service, bool isShown)
    {
        List<RealServerConfig> servers = [];
        foreach (Statement statement in _realServers)
        {
            RealServerBinding binding = new(values, _checks, _method, _weight, _inhibits);
            if (binding.Bind(statement, service, isShown) is not { } server)
            {
                continue;
            }

            if (servers.Any(known => known.Endpoint == server.Endpoint))
            {
                values.Faults.Error(
                    statement.Position, $"real_server {server.Endpoint} is given twice");
            }

            servers.Add(server);
        }

        return servers;
    }

    private RealServerConfig? BindSorry(ServiceKey service, List<RealServerConfig> servers)
    {
        if (_sorry is not { } statement)
        {
            return null;
        }

        MethodChoice way = _sorryMethod ?? _method;
        ServerPlaceBinding places = new(values);
        if (places.Bind(statement, service, way) is not ServerPlace { Endpoint: var endpoint })
        {
            return null;
        }

        return new RealServerConfig
        {
            Endpoint = endpoint,
            Settings = new ServerSettings { Method = way.Method, Tunnel = way.Tunnel },
        };
    }

    /// <summary>
    /// What the servers can reach together, as keepalived lowers it: a server that is taken out
    /// by a comment must not leave the service to its sorry server for ever.
    /// </summary>
    private (int Quorum, int Hysteresis) Reachable(
        Statement server, List<RealServerConfig> servers)
    {
        SourcePosition position = _quorumWord?.Position ?? server.Position;
        if (_realServers.Count == 0)
        {
            values.Faults.Warning(server.Position, "the service has no real_server");
            return (_quorum, _hysteresis);
        }

        long total = servers.Sum(known => (long)known.Settings.Weight);
        bool isKnown = servers.Count == _realServers.Count;
        if (isKnown && total == 0)
        {
            values.Faults.Warning(
                position, "the servers of the service have no weight: it is never up");
        }

        int quorum = isKnown && total > 0 ? (int)Math.Min(_quorum, total) : _quorum;
        int hysteresis = Math.Min(_hysteresis, quorum - 1);
        hysteresis = isKnown && total > 0
            ? (int)Math.Min(hysteresis, total - quorum) : hysteresis;
        if (quorum != _quorum)
        {
            values.Faults.Warning(
                position,
                $"the quorum of {_quorum} is more than the servers weigh together: "
                + $"{quorum} is taken" + (hysteresis != _hysteresis
                    ? $", with a hysteresis of {hysteresis}" : string.Empty));
        }
        else if (hysteresis != _hysteresis)
        {
            values.Faults.Warning(
                position,
                $"a hysteresis of {_hysteresis} does not go with a quorum of {quorum} "
                + $"and servers that weigh {total} together: {hysteresis} is taken");
        }

        return (quorum, hysteresis);
    }
}
