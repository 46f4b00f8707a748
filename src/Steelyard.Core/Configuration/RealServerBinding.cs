using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>real_server</c>, with what its service says as default.</summary>
internal sealed class RealServerBinding(
    ValueReader values,
    CheckDefaults service,
    MethodChoice method,
    int weight,
    bool inhibits)
{
    /// <summary>As ipvsadm(8) takes it.</summary>
    public const int MaximumWeight = 65535;

    private readonly CheckDefaults _own = new(values);
    private readonly List<Statement> _checks = [];
    private MethodChoice _method = method;
    private int _weight = weight;
    private bool _inhibits = inhibits;
    private int _upper;
    private int _lower;
    private Word? _lowerWord;

    /// <param name="isShown">For its faults alone: the service has no name.</param>
    public RealServerConfig? Bind(Statement server, in ServiceKey key, bool isShown)
    {
        BlockScope scope = new("real_server", values.Faults);
        foreach (Statement statement in server.Block ?? [])
        {
            if (scope.Accepts(statement) && !_own.TryBind(statement))
            {
                BindOne(statement);
            }
        }

        if (_lowerWord is Word word && _lower > _upper)
        {
            values.Faults.Error(
                word.Position,
                $"'lthreshold' ({_lower}) must not be above 'uthreshold' ({_upper})");
        }

        ServerPlace? place = isShown
            ? BindNowhere(server)
            : new ServerPlaceBinding(values).Bind(server, key, _method);

        // Checks are read even when their server has no address, for the sake of their faults.
        Endpoint probed = place?.Probed ?? new Endpoint(key.Address, 1);
        CheckBinding binding = new(values, _own.Within(service), probed);
        List<CheckConfig> checks = [.. _checks.Select(binding.Bind)];
        return place is ServerPlace known && !isShown
            ? new RealServerConfig
            {
                Endpoint = known.Endpoint,
                Settings = new ServerSettings
                {
                    Method = _method.Method,
                    Tunnel = _method.Tunnel,
                    Weight = _weight,
                    UpperThreshold = _upper,
                    LowerThreshold = _lower,
                },
                InhibitOnFailure = _inhibits,
                Checks = ConfigList.From(checks),
            }
            : null;
    }

    /// <summary>What is wrong with the address is wrong in every service.</summary>
    private ServerPlace? BindNowhere(Statement server)
    {
        if (server.HasArguments)
        {
            _ = values.Address(server.Arguments[0]);
        }

        return null;
    }

    private void BindOne(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "weight":
                _weight = values.Number(statement, 0, MaximumWeight) ?? _weight;
                break;
            case "uthreshold":
                _upper = values.Number(statement, 0, int.MaxValue) ?? _upper;
                break;
            case "lthreshold":
                _lower = values.Number(statement, 0, int.MaxValue) ?? _lower;
                _lowerWord = statement.Keyword;
                break;
            case "lvs_method":
                _method = new MethodBinding(values).Bind(statement) ?? _method;
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
