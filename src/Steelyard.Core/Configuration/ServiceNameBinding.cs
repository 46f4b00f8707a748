using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// What a <c>virtual_server</c> serves: <c>ADDRESS [PORT]</c>, <c>fwmark N</c>, or
/// <c>group NAME</c> with its <c>virtual_server_group</c>.
/// </summary>
internal sealed class ServiceNameBinding(ValueReader values)
{
    private readonly Dictionary<string, ImmutableArray<ServiceName>> _groups = [];

    /// <summary>Reads a <c>virtual_server_group</c>.</summary>
    public void BindGroup(Statement group)
    {
        if (values.Single(group) is not Word name)
        {
            return;
        }

        List<ServiceName> names = [];
        foreach (Statement line in group.Block ?? [])
        {
            names.AddRange(BindLine(line));
        }

        if (group.Block is null or { Count: 0 })
        {
            values.Faults.Error(
                group.Position, "a virtual_server_group needs addresses with ports, or fwmark N");
        }

        if (!_groups.TryAdd(name.Text, [.. names]))
        {
            values.Faults.Error(
                name.Position, $"there are two virtual_server_group {Shown.Text(name.Text)}");
        }
    }

    /// <summary>What the service is called; empty with a fault, or when its group has one.
    /// </summary>
    public ImmutableArray<ServiceName> Bind(Statement server)
    {
        if (!server.HasArguments)
        {
            values.Faults.Error(server.Position, "'virtual_server' needs an address and a port");
            return [];
        }

        IReadOnlyList<Word> words = server.Arguments;
        switch (words[0].Text)
        {
            case "fwmark":
                return BindMark(words[0], words.Skip(1));
            case "group":
                return FindGroup(server);
            default:
                values.NoMore(server, 2);
                return values.Address(words[0]) is IpAddress address
                    ? BindEndpoints(words[0], [address], words.Skip(1))
                    : [];
        }
    }

    private ImmutableArray<ServiceName> FindGroup(Statement server)
    {
        values.NoMore(server, 2);
        if (server.Arguments.Count == 1)
        {
            values.Faults.Error(server.Arguments[0].Position, "'group' needs a name");
            return [];
        }

        Word name = server.Arguments[1];
        if (_groups.TryGetValue(name.Text, out ImmutableArray<ServiceName> names))
        {
            return names;
        }

        string? near = Spelling.Nearest(name.Text, _groups.Keys);
        string hint = near is null ? string.Empty : $"; did you mean '{near}'?";
        values.Faults.Error(
            name.Position, $"no virtual_server_group is called '{Shown.Text(name.Text)}'{hint}");
        return [];
    }

    private ImmutableArray<ServiceName> BindLine(Statement line)
    {
        if (line.Block is not null)
        {
            values.Faults.Error(line.Position, "an address takes no block");
            return [];
        }

        Word word = line.Keyword;
        if (word.Text == "fwmark")
        {
            return BindMark(word, line.Arguments);
        }

        values.NoMore(line, 1);
        ImmutableArray<IpAddress> addresses = AddressRange.Parse(word.Text);
        if (addresses.IsEmpty)
        {
            values.Faults.Error(
                word.Position,
                $"'{Shown.Text(word.Text)}' is not an address, nor a range such as 192.0.2.1-10");
        }

        return BindEndpoints(word, addresses, line.Arguments);
    }

    private ImmutableArray<ServiceName> BindMark(Word word, IEnumerable<Word> rest)
    {
        Word[] words = [.. rest];
        if (words.Length != 1)
        {
            values.Faults.Error(
                words.Length == 0 ? word.Position : words[1].Position,
                "'fwmark' takes one number");
            return [];
        }

        return values.Mark(words[0]) is uint mark
            ? [new(word, default, 0, mark)]
            : [];
    }

    private ImmutableArray<ServiceName> BindEndpoints(
        Word word, ImmutableArray<IpAddress> addresses, IEnumerable<Word> rest)
    {
        ushort port = 0; // of every port
        foreach (Word portWord in rest.Take(1).Where(found => found.Text != "0"))
        {
            if (values.Port(portWord) is not ushort number)
            {
                return [];
            }

            port = number;
        }

        foreach (IpAddress address in addresses)
        {
            if (address.IsMulticast || address.IsNone || address == IpAddress.FromIpv4(0))
            {
                values.Faults.Error(word.Position, $"{address} cannot be a virtual address");
            }
        }

        return [.. addresses.Select(address => new ServiceName(word, address, port, 0))];
    }
}

/// <summary>One thing that a <c>virtual_server</c> serves.</summary>
/// <param name="Word">Where it is named.</param>
/// <param name="Mark">When it is not 0, nothing else counts.</param>
internal readonly record struct ServiceName(
    Word Word, IpAddress Address, ushort Port, uint Mark);
