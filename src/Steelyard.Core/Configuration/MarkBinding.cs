using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// One <c>mark NUMBER { … }</c>: which packets carry the mark. Each range of ports becomes a rule.
/// </summary>
internal sealed class MarkBinding(ValueReader values)
{
    private readonly List<(ushort First, ushort Last)> _ports = [];
    private MarkRule _rule = new(0);

    public IEnumerable<MarkRule> Bind(Statement block)
    {
        uint? mark = values.Single(block) is Word word ? values.Mark(word) : null;
        BlockScope scope = new("mark", values.Faults);
        foreach (Statement statement in block.Block ?? [])
        {
            if (scope.Accepts(statement))
            {
                BindOne(statement);
            }
        }

        if (block.Block is null or { Count: 0 })
        {
            values.Faults.Error(
                block.Position,
                "'mark' says of no packet that it carries the mark: add protocol, source, "
                + "destination, port or interface");
        }

        if (_rule is { Source: IpPrefix source, Destination: IpPrefix destination }
            && source.Address.IsIpv4 != destination.Address.IsIpv4)
        {
            values.Faults.Error(
                block.Position, $"{source} and {destination} are of different families");
        }

        if (mark is not uint number)
        {
            return [];
        }

        _rule = _rule with { Mark = number };
        return _ports.Count == 0
            ? [_rule]
            : _ports.Select(range => _rule with
            {
                FirstPort = range.First,
                LastPort = range.Last,
            });
    }

    private void BindOne(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "protocol":
                _rule = _rule with { Protocol = values.Protocol(statement) };
                break;
            case "source":
                _rule = _rule with { Source = BindPrefix(statement) };
                break;
            case "destination":
                _rule = _rule with { Destination = BindPrefix(statement) };
                break;
            case "port":
                BindPorts(statement);
                break;
            case "interface":
                string? name = values.Single(statement) is Word word
                    ? values.Interface(word)
                    : null;
                _rule = _rule with { Interface = name ?? string.Empty };
                break;
            default:
                Binder.SayUnbound(statement);
                break;
        }
    }

    private IpPrefix? BindPrefix(Statement statement) =>
        values.Single(statement) is Word word ? values.Prefix(word) : null;

    private void BindPorts(Statement statement)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(statement.Position, "'port' needs ports such as 80 or 8000-8080");
        }

        _ports.Clear();
        foreach (Word word in statement.Arguments)
        {
            string[] ends = word.Text.Split('-');
            bool isRange = TryParse(ends[0], out ushort first)
                & TryParse(ends[^1], out ushort last)
                && ends.Length <= 2
                && first <= last;
            if (isRange)
            {
                _ports.Add((first, last));
            }
            else
            {
                values.Faults.Error(
                    word.Position,
                    "a port is a number from 1 to 65535, or a range such as 8000-8080, "
                    + $"not '{Shown.Text(word.Text)}'");
            }
        }
    }

    private static bool TryParse(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && port != 0;
}
