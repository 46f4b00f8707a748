using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>
/// The datagrams in the making by what names them, by sender and by age. Their own array stays
/// with the table.
/// </summary>
internal sealed class DatagramDirectory
{
    private const int Nothing = -1;

    private readonly Datagram[] _datagrams;
    private readonly SlotChains _byKey;
    private readonly SlotChains _bySender;
    private readonly AgeList _ipv4;
    private readonly AgeList _ipv6;
    private readonly SeededHash _hash;

    public DatagramDirectory(Datagram[] datagrams, ulong seed)
    {
        _datagrams = datagrams;
        _byKey = new(datagrams.Length);
        _bySender = new(datagrams.Length);
        _ipv4 = new(datagrams.Length);
        _ipv6 = new(datagrams.Length);
        _hash = new(seed);
    }

    /// <summary>When the next one's time ends.</summary>
    public Instant Deadline => Instant.Earlier(EndOf(_ipv4.Oldest), EndOf(_ipv6.Oldest));

    /// <summary>The one that has been in the making for longest; -1 when there is none.</summary>
    public int Oldest => Earlier(BegunOf(_ipv4.Oldest), BegunOf(_ipv6.Oldest));

    /// <summary>The one whose time ends next; -1 when there is none.</summary>
    public int Next => Earlier(EndOf(_ipv4.Oldest), EndOf(_ipv6.Oldest));

    /// <summary>The end of a datagram's time; Never for -1.</summary>
    public Instant EndOf(int slot) => slot < 0
        ? Instant.Never
        : _datagrams[slot].Begun + (_datagrams[slot].Key.IsIpv6
            ? ReassemblyTable.Ipv6Timeout
            : ReassemblyTable.Ipv4Timeout);

    public int Find(in DatagramKey key)
    {
        for (int slot = _byKey.First(HashOf(key)); slot >= 0; slot = _byKey.Next(slot))
        {
            if (_datagrams[slot].Key == key)
            {
                return slot;
            }
        }

        return Nothing;
    }

    /// <summary>How many a sender has, and the oldest of them.</summary>
    public int CountOf(IpAddress sender, out int oldest)
    {
        int count = 0;
        oldest = Nothing;
        for (int slot = _bySender.First(HashOf(sender)); slot >= 0; slot = _bySender.Next(slot))
        {
            // A chain goes from the newest to the oldest.
            if (_datagrams[slot].Key.Sender == sender)
            {
                oldest = slot;
                count++;
            }
        }

        return count;
    }

    /// <summary>Time does not go back: who is filed now is the youngest.</summary>
    public void File(int slot)
    {
        ref readonly DatagramKey key = ref _datagrams[slot].Key;
        _byKey.Add(slot, HashOf(key));
        _bySender.Add(slot, HashOf(key.Sender));
        AgesOf(slot).Add(slot);
    }

    public void Unfile(int slot)
    {
        _byKey.Remove(slot);
        _bySender.Remove(slot);
        AgesOf(slot).Remove(slot);
    }

    private int Earlier(Instant ipv4, Instant ipv6) =>
        ipv4 <= ipv6 && _ipv4.Oldest >= 0 ? _ipv4.Oldest : _ipv6.Oldest;

    private Instant BegunOf(int slot) => slot < 0 ? Instant.Never : _datagrams[slot].Begun;

    private AgeList AgesOf(int slot) => _datagrams[slot].Key.IsIpv6 ? _ipv6 : _ipv4;

    private uint HashOf(in DatagramKey key) => _hash.Of(
        key.Source.High,
        key.Source.Low,
        key.Destination.High,
        key.Destination.Low,
        ((ulong)key.Identification << 8) | (byte)key.Protocol);

    private uint HashOf(IpAddress sender) => _hash.Of(sender.High, sender.Low, 0);
}
