using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>virtual_server</c>.</summary>
internal sealed class VirtualServerBinding(ValueReader values)
{
    private const int MaximumQuorum = 1_000_000_000;

    private static readonly string[] Schedulers =
        ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh"];

    private static readonly string[] LaterSchedulers = ["lblc", "lblcr", "mh", "fo", "ovf", "twos"];

    private readonly CheckDefaults _checks = new(values);
    private readonly List<Statement> _realServers = [];
    private TransportProtocol _protocol;
    private string _scheduler = "wlc";
    private ForwardingMethod _method = ForwardingMethod.Nat;
    private ForwardingMethod? _sorryMethod;
    private Statement? _sorry;
    private Word? _quorumWord;
    private int _quorum = 1;
    private int _hysteresis;
    private int _weight = 1;
    private bool _inhibits;

    /// <summary>The service, or none when what names it is missing.</summary>
    public VirtualServerConfig? Bind(Statement server)
    {
        BlockScope scope = new("virtual_server", values.Faults);
        foreach (Statement statement in server.Block ?? [])
        {
            if (scope.Accepts(statement) && !_checks.TryBind(statement))
            {
                BindOne(statement);
            }
        }

        if (_protocol == TransportProtocol.Unknown)
        {
            SayProtocol(server);
        }

        // Without an address of its own the service still shows the faults of its servers.
        Endpoint? bound = BindVirtualAddress(server);
        Endpoint endpoint = bound ?? default;
        List<RealServerConfig> servers = BindRealServers(endpoint);
        RealServerConfig? sorry = BindSorry(endpoint, servers);
        CheckQuorum(server, servers);
        return bound is null ? null : new VirtualServerConfig
        {
            Key = new ServiceKey(_protocol, endpoint.Address, endpoint.Port),
            Settings = new ServiceSettings { Scheduler = _scheduler },
            DelayLoop = _checks.DelayLoop ?? CheckBinding.DelayLoop,
            Quorum = _quorum,
            Hysteresis = _hysteresis,
            RealServers = ConfigList.From(servers),
            SorryServer = sorry,
        };
    }

    /// <summary>NAT or DR; the tunnels come later.</summary>
    public static ForwardingMethod? BindMethod(Statement statement, ValueReader values)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(statement.Position, $"'{statement.Keyword.Text}' needs NAT or DR");
            return null;
        }

        Word word = statement.Arguments[0];
        switch (values.OneOf(word, "a forwarding method", ["NAT", "DR", "TUN"]))
        {
            case "NAT":
                values.NoMore(statement, 1);
                return ForwardingMethod.Nat;
            case "DR":
                values.NoMore(statement, 1);
                return ForwardingMethod.Direct;
            case "TUN":
                values.Faults.Error(word.Position, "the method TUN is not supported yet");
                return null;
            default:
                return null;
        }
    }

    /// <summary>ADDRESS [PORT]; without a port, that of the service, when it has one.</summary>
    public static Endpoint? BindServerEndpoint(
        Statement statement, Endpoint service, ForwardingMethod method, ValueReader values)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(
                statement.Position, $"'{statement.Keyword.Text}' needs an address and a port");
            return null;
        }

        values.NoMore(statement, 2);
        Word word = statement.Arguments[0];
        IpAddress? address = values.Ipv4Address(word);
        ushort? port = statement.Arguments.Count > 1
            ? values.Port(statement.Arguments[1])
            : service.Port;
        if (address is not IpAddress known || port is not ushort number || service.Port == 0)
        {
            return null;
        }

        if (known == service.Address)
        {
            values.Faults.Error(
                word.Position,
                $"{known} is the service's own address; a server on the box is not supported yet");
        }
        else if (known.IsMulticast || known.Ipv4 == 0)
        {
            values.Faults.Error(word.Position, $"{known} cannot be a server");
        }

        if (method == ForwardingMethod.Direct && number != service.Port)
        {
            values.Faults.Error(
                statement.Arguments[1].Position,
                "direct routing leaves the port as it is: "
                + $"the server must listen on {service.Port}");
        }

        return new Endpoint(known, number);
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
            case "lvs_sched" or "lb_algo":
                BindScheduler(statement);
                break;
            case "lvs_method" or "lb_kind":
                _method = BindMethod(statement, values) ?? _method;
                break;
            case "sorry_server_lvs_method":
                _sorryMethod = BindMethod(statement, values);
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

    private void BindProtocol(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            _protocol = TransportProtocol.Tcp;
            return;
        }

        switch (values.OneOf(word, "a protocol", ["TCP", "UDP", "SCTP"]))
        {
            case "UDP":
                _protocol = TransportProtocol.Udp;
                break;
            case "SCTP":
                _protocol = TransportProtocol.Sctp;
                values.Faults.Error(word.Position, "the protocol SCTP is not supported yet");
                break;
            default:
                _protocol = TransportProtocol.Tcp;
                break;
        }
    }

    private void BindScheduler(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return;
        }

        if (LaterSchedulers.Contains(word.Text))
        {
            values.Faults.Error(
                word.Position, $"the scheduler '{word.Text}' is not supported yet");
        }
        else if (values.OneOf(word, "a scheduler", Schedulers) is string known)
        {
            _scheduler = known;
        }
    }

    private Endpoint? BindVirtualAddress(Statement server)
    {
        if (!server.HasArguments)
        {
            values.Faults.Error(server.Position, "'virtual_server' needs an address and a port");
            return null;
        }

        Word word = server.Arguments[0];
        if (word.Text is "fwmark" or "group")
        {
            values.Faults.Error(
                word.Position, $"'virtual_server {word.Text}' is not supported yet");
            return null;
        }

        values.NoMore(server, 2);
        IpAddress? address = values.Ipv4Address(word);
        if (address is IpAddress { IsMulticast: true } or IpAddress { Ipv4: 0 })
        {
            values.Faults.Error(word.Position, $"{address} cannot be a virtual address");
        }

        if (server.Arguments.Count == 1 || server.Arguments[1].Text == "0")
        {
            values.Faults.Error(
                word.Position,
                "a virtual_server for all ports is not supported yet; name the port");
            return null;
        }

        ushort? port = values.Port(server.Arguments[1]);
        return address is IpAddress known && port is ushort number
            ? new Endpoint(known, number)
            : null;
    }

    private void SayProtocol(Statement server)
    {
        bool isMentioned = server.Block?.Any(inner => inner.Keyword.Text == "protocol") ?? false;
        if (!isMentioned)
        {
            values.Faults.Error(
                server.Position,
                "the service names no protocol: add 'protocol TCP' or 'protocol UDP'");
        }
    }

    private List<RealServerConfig> BindRealServers(Endpoint service)
    {
        List<RealServerConfig> servers = [];
        foreach (Statement statement in _realServers)
        {
            RealServerBinding binding = new(values, _checks, _method, _weight, _inhibits);
            if (binding.Bind(statement, service) is not { } server)
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

    private RealServerConfig? BindSorry(Endpoint service, List<RealServerConfig> servers)
    {
        if (_sorry is not { } statement)
        {
            return null;
        }

        ForwardingMethod method = _sorryMethod ?? _method;
        if (BindServerEndpoint(statement, service, method, values) is not Endpoint endpoint)
        {
            return null;
        }

        if (servers.Exists(server => server.Endpoint == endpoint))
        {
            // It would go with the sorry server when the others return.
            values.Faults.Error(
                statement.Position, $"{endpoint} is a real server of this service already");
            return null;
        }

        return new RealServerConfig
        {
            Endpoint = endpoint,
            Settings = new ServerSettings { Method = method },
        };
    }

    private void CheckQuorum(Statement server, List<RealServerConfig> servers)
    {
        SourcePosition position = _quorumWord?.Position ?? server.Position;
        if (_hysteresis >= _quorum)
        {
            values.Faults.Error(
                position,
                $"the hysteresis ({_hysteresis}) must be less than the quorum ({_quorum})");
        }

        if (_realServers.Count == 0)
        {
            values.Faults.Warning(server.Position, "the service has no real_server");
            return;
        }

        long total = servers.Sum(known => (long)known.Settings.Weight);
        if (servers.Count == _realServers.Count && total < (long)_quorum + _hysteresis)
        {
            values.Faults.Warning(
                position,
                "once down the service will not come up again: "
                + $"its servers weigh {total} together, and it needs "
                + $"{(long)_quorum + _hysteresis}");
        }
    }
}
