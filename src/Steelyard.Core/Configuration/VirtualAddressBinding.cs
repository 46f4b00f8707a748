using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary><c>virtual_ipaddress</c> and <c>virtual_ipaddress_excluded</c> of one router.</summary>
internal sealed class VirtualAddressBinding(ValueReader values)
{
    /// <summary>Count IPvX Addr is one octet. RFC 9568 §5.2.5.</summary>
    private const int MaximumAddresses = 255;

    private static readonly string[] FlagsOfAddress =
        ["home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac"];

    private static readonly string[] ValuesOfAddress =
        ["brd", "broadcast", "dev", "scope", "label", "preferred_lft"];

    private readonly List<Word> _devices = [];
    private readonly List<IpPrefix> _addresses = [];
    private readonly List<IpPrefix> _excluded = [];

    /// <summary>Lines of <c>virtual_ipaddress</c>, wrong ones included.</summary>
    public int LineCount { get; private set; }

    public ConfigList<IpPrefix> Addresses => ConfigList.From(_addresses);

    public ConfigList<IpPrefix> Excluded => ConfigList.From(_excluded);

    public void Bind(Statement block, bool isExcluded)
    {
        List<IpPrefix> into = isExcluded ? _excluded : _addresses;
        foreach (Statement line in block.Block ?? [])
        {
            LineCount += isExcluded ? 0 : 1;
            if (line.Block is not null)
            {
                values.Faults.Error(line.Position, "an address takes no block");
            }
            else if (BindAddress(line) is IpPrefix prefix)
            {
                AddAddress(line.Keyword, prefix, into);
            }
        }
    }

    /// <summary>False for a group, for no address (0.0.0.0, ::), and for ::1.</summary>
    private static bool IsStations(IpAddress address) => !address.IsMulticast
        && (address.IsIpv4 ? address.Ipv4 != 0 : address.High != 0 || address.Low > 1);

    private void AddAddress(Word word, IpPrefix prefix, List<IpPrefix> into)
    {
        bool isKnown = _addresses.Concat(_excluded).Any(known => known.Address == prefix.Address);
        if (isKnown)
        {
            values.Faults.Error(word.Position, $"{prefix.Address} is given twice");
        }
        else if (into == _addresses
            && into is [IpPrefix first, ..]
            && first.Address.IsIpv4 != prefix.Address.IsIpv4)
        {
            values.Faults.Error(
                word.Position,
                $"an advert carries addresses of one family, and {first.Address} is of the other; "
                + $"put {prefix.Address} into virtual_ipaddress_excluded");
        }
        else if (into.Count == MaximumAddresses)
        {
            values.Faults.Error(
                word.Position, $"a vrrp_instance holds at most {MaximumAddresses} addresses");
        }
        else
        {
            into.Add(prefix);
        }
    }

    private IpPrefix? BindAddress(Statement line)
    {
        Word word = line.Keyword;
        BindAddressWords(line);
        if (!IpPrefix.TryParse(word.Text, out IpPrefix prefix))
        {
            string? home = Vocabulary.BlocksOf(word.Text) is [string first, ..] ? first : null;
            values.Faults.Error(
                word.Position,
                home is null
                    ? $"'{Shown.Text(word.Text)}' is not an address such as 192.0.2.1/24"
                    : $"'{word.Text}' stands among addresses; is a '}}' missing above?");
            return null;
        }

        if (!IsStations(prefix.Address))
        {
            values.Faults.Error(word.Position, $"{prefix.Address} cannot be a virtual address");
            return null;
        }

        return prefix;
    }

    /// <summary>
    /// Scope, label and the like say how the kernel would show the address; the engine holds it, so
    /// they are read and mean nothing. Only <c>dev</c> matters.
    /// </summary>
    private void BindAddressWords(Statement line)
    {
        for (int index = 0; index < line.Arguments.Count; index++)
        {
            Word word = line.Arguments[index];
            if (FlagsOfAddress.Contains(word.Text))
            {
                continue;
            }

            if (word.Text is "peer" or "track_group")
            {
                values.Faults.Error(word.Position, $"'{word.Text}' is not supported yet");
                return;
            }

            if (values.OneOf(word, "a word behind an address", ValuesOfAddress) is null)
            {
                return;
            }

            index++;
            if (index == line.Arguments.Count)
            {
                values.Faults.Error(word.Position, $"'{word.Text}' needs a value");
            }
            else if (word.Text == "dev")
            {
                _devices.Add(line.Arguments[index]);
            }
        }
    }

    /// <summary>
    /// The engine answers for an address on its router's interface, and nowhere else yet.
    /// </summary>
    public void CheckDevices(string? own)
    {
        foreach (Word device in _devices)
        {
            if (own is not null && device.Text != own)
            {
                values.Faults.Error(
                    device.Position,
                    "an address on another interface is not supported yet; "
                    + $"give {Shown.Text(device.Text)} a vrrp_instance of its own "
                    + "and put both into one vrrp_sync_group");
            }
        }
    }
}
