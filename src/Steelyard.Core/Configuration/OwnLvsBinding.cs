using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// The blocks about forwarding that keepalived does not have: <c>mark</c>, <c>lvs_settings</c>,
/// <c>source_pool</c>, <c>masquerade</c>.
/// </summary>
internal sealed class OwnLvsBinding(ValueReader values)
{
    private readonly List<MarkRule> _marks = [];
    private readonly List<(Word Word, IpAddress Address)> _pool = [];
    private readonly List<(Word Word, MasqueradeConfig Rule)> _masquerades = [];

    public LvsSettings Settings { get; private set; } = LvsSettings.Default;

    public IReadOnlyList<MarkRule> Marks => _marks;

    public IReadOnlyList<(Word Word, IpAddress Address)> Pool => _pool;

    public IReadOnlyList<(Word Word, MasqueradeConfig Rule)> Masquerades => _masquerades;

    public void Bind(Statement block)
    {
        if (block.Keyword.Text == "mark")
        {
            _marks.AddRange(new MarkBinding(values).Bind(block));
            return;
        }

        values.NoMore(block, 0);
        switch (block.Keyword.Text)
        {
            case "lvs_settings":
                Settings = new LvsSettingsBinding(values).Bind(block, Settings);
                break;
            case "source_pool":
                BindPool(block);
                break;
            case "masquerade":
                BindMasquerades(block);
                break;
            default:
                Binder.SayUnbound(block);
                break;
        }
    }

    private void BindPool(Statement block)
    {
        IEnumerable<Word> words = (block.Block ?? [])
            .SelectMany(line => line.Arguments.Prepend(line.Keyword));
        foreach (Word word in words)
        {
            ImmutableArray<IpAddress> addresses = AddressRange.Parse(word.Text);
            if (addresses.IsEmpty)
            {
                values.Faults.Error(
                    word.Position,
                    $"'{Shown.Text(word.Text)}' is not an address, nor a range such as "
                    + "10.1.0.3-10.1.0.9");
            }

            foreach (IpAddress address in addresses)
            {
                if (_pool.Exists(known => known.Address == address))
                {
                    values.Faults.Error(word.Position, $"{address} is given twice");
                }

                _pool.Add((word, address));
            }
        }

        if (_pool.Count == 0)
        {
            values.Faults.Error(block.Position, "'source_pool' needs addresses: { 10.1.0.2 … }");
        }
    }

    private void BindMasquerades(Statement block)
    {
        foreach (Statement line in block.Block ?? [])
        {
            // A scope for each line: there may be many of one keyword.
            if (new BlockScope("masquerade", values.Faults).Accepts(line)
                && BindSource(line) is MasqueradeConfig rule)
            {
                _masquerades.Add((line.Arguments[0], rule));
            }
        }

        if (block.Block is null or { Count: 0 })
        {
            values.Faults.Error(
                block.Position, "'masquerade' needs whom it is for: source 10.1.0.0/24");
        }
    }

    /// <summary>PREFIX [address ADDRESS].</summary>
    private MasqueradeConfig? BindSource(Statement line)
    {
        if (!line.HasArguments)
        {
            values.Faults.Error(line.Position, "'source' needs a network such as 10.1.0.0/24");
            return null;
        }

        values.NoMore(line, 3);
        if (values.Prefix(line.Arguments[0]) is not IpPrefix source)
        {
            return null;
        }

        if (line.Arguments.Count == 1)
        {
            return new MasqueradeConfig(source, null);
        }

        Word word = line.Arguments[1];
        if (values.OneOf(word, "a word of source", ["address"]) is null)
        {
            return null;
        }

        if (line.Arguments.Count == 2)
        {
            values.Faults.Error(word.Position, "'address' needs an address");
            return null;
        }

        if (values.Address(line.Arguments[2]) is not IpAddress address)
        {
            return null;
        }

        if (address.IsIpv4 != source.Address.IsIpv4)
        {
            values.Faults.Error(
                line.Arguments[2].Position, $"{address} is of another family than {source}");
        }

        return new MasqueradeConfig(source, address);
    }
}
