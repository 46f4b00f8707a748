using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>real_server</c>, with what its service says as default.</summary>
internal sealed class RealServerBinding(
    ValueReader values,
    CheckDefaults service,
    ForwardingMethod method,
    int weight,
    bool inhibits)
{
    /// <summary>As ipvsadm(8) takes it.</summary>
    public const int MaximumWeight = 65535;

    private readonly CheckDefaults _own = new(values);
    private readonly List<Statement> _checks = [];
    private ForwardingMethod _method = method;
    private int _weight = weight;
    private bool _inhibits = inhibits;

    public RealServerConfig? Bind(Statement server, Endpoint virtualEndpoint)
    {
        BlockScope scope = new("real_server", values.Faults);
        foreach (Statement statement in server.Block ?? [])
        {
            if (scope.Accepts(statement) && !_own.TryBind(statement))
            {
                BindOne(statement);
            }
        }

        Endpoint? endpoint =
            VirtualServerBinding.BindServerEndpoint(server, virtualEndpoint, _method, values);

        // Checks are read even when their server has no address, for the sake of their faults.
        CheckBinding binding = new(values, _own.Within(service), endpoint ?? virtualEndpoint);
        List<CheckConfig> checks = [.. _checks.Select(binding.Bind)];
        return endpoint is Endpoint known
            ? new RealServerConfig
            {
                Endpoint = known,
                Settings = new ServerSettings { Method = _method, Weight = _weight },
                InhibitOnFailure = _inhibits,
                Checks = ConfigList.From(checks),
            }
            : null;
    }

    private void BindOne(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "weight":
                _weight = values.Number(statement, 0, MaximumWeight) ?? _weight;
                break;
            case "lvs_method":
                _method = VirtualServerBinding.BindMethod(statement, values) ?? _method;
                break;
            case "inhibit_on_failure":
                _inhibits = values.Flag(statement);
                break;
            case "TCP_CHECK" or "HTTP_GET":
                values.NoMore(statement, 0);
                _checks.Add(statement);
                break;
            default:
                Binder.SayUnbound(statement);
                break;
        }
    }
}
