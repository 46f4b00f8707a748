using System.Collections.Generic;
using System.Numerics;
using Steelyard.Core.Chance;
using Steelyard.Core.Invariants;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>All virtual services of the box, found by what a packet is addressed to.</summary>
/// <param name="seed">Seed of the hash; any number, best a secret one.</param>
public sealed class ServiceTable(ulong seed = 0)
{
    private const int SmallestIndex = 16;
    private const ushort FirstUnprivilegedPort = 1024;
    private readonly SeededHash _hash = new(seed);
    private readonly List<VirtualService> _services = [];
    private readonly ServerTrash _trash = new();

    // Open addressing, linear probing, at most half full: a probe seldom leaves its cache line.
    private Entry[] _index = new Entry[SmallestIndex];

    // How many there are of the rare kinds: who has none of a kind never looks for it.
    private int _markCount;
    private int _ftpCount;
    private int _anyPortCount;

    public int Count => _services.Count;

    internal ServerBook Book { get; } = new();

    /// <summary>In the order in which they were added.</summary>
    public VirtualService this[int index] => _services[index];

    /// <summary>The service of this protocol, address and port; null when there is none.</summary>
    public VirtualService? Find(TransportProtocol protocol, IpAddress address, ushort port) =>
        Find(address, Pack(protocol, port, mark: 0));

    /// <summary>The service of this firewall mark and family; null when there is none.</summary>
    public VirtualService? FindMark(uint mark, bool isIpv4 = true) =>
        Find(AnyAddress(isIpv4), Pack(TransportProtocol.Unknown, 0, mark));

    /// <summary>
    /// The service of a packet, in the order of LVS: by its mark; by protocol, address and port;
    /// as a data connection of FTP, by port 21 of the address; by port 0 of the address. FTP's
    /// service takes data connections only when it is persistent; when it is not, it still stands
    /// in front of port 0, and the packet belongs to nobody.
    /// </summary>
    /// <param name="mark">The packet's firewall mark; 0 for none.</param>
    /// <param name="protocol">What carries it.</param>
    /// <param name="address">Where the client sent it.</param>
    /// <param name="port">And to which port.</param>
    public VirtualService? Match(
        uint mark, TransportProtocol protocol, IpAddress address, ushort port)
    {
        if (mark != 0
            && _markCount > 0
            && FindMark(mark, address.IsIpv4) is { } marked)
        {
            return marked;
        }

        VirtualService? exact = Find(protocol, address, port);
        return exact is null && (_ftpCount | _anyPortCount) != 0
            ? MatchOtherPort(protocol, address, port)
            : exact;
    }

    public VirtualService? Find(in ServiceKey key) =>
        Find(AddressOf(key), RestOf(key));

    /// <returns>False when there is a service of this key already; then nothing changes.</returns>
    public bool Add(VirtualService service)
    {
        if (Find(service.Key) is not null)
        {
            return false;
        }

        service.Trash = _trash;
        service.Book = Book;
        foreach (RealServer server in service.Servers)
        {
            Book.Add(server);
        }

        _services.Add(service);
        CountKind(service.Key, 1);
        if (_services.Count * 2 > _index.Length)
        {
            Rebuild();
        }
        else
        {
            Insert(service);
        }

        return true;
    }

    /// <summary>
    /// Takes a service out, and its servers out of it. Connections stay in their table.
    /// </summary>
    /// <returns>False when there was none of this key.</returns>
    public bool Remove(in ServiceKey key)
    {
        VirtualService? service = Find(key);
        if (service is null)
        {
            return false;
        }

        while (service.ServerCount > 0)
        {
            service.Remove(service[service.ServerCount - 1]);
        }

        _services.Remove(service);
        Erase(service);
        CountKind(service.Key, -1);
        return true;
    }

    // A service of a mark serves one family; 0.0.0.0 or :: stands for it.
    private static IpAddress AnyAddress(bool isIpv4) =>
        isIpv4 ? IpAddress.FromIpv4(0) : default;

    private static IpAddress AddressOf(in ServiceKey key) =>
        key.Mark != 0 ? AnyAddress(key.Address.IsIpv4) : key.Address;

    private static ulong RestOf(in ServiceKey key) => key.Mark != 0
        ? Pack(TransportProtocol.Unknown, 0, key.Mark)
        : Pack(key.Protocol, key.Port, mark: 0);

    private static ulong Pack(TransportProtocol protocol, ushort port, uint mark) =>
        ((ulong)mark << 32) | ((ulong)port << 8) | (byte)protocol;

    private VirtualService? MatchOtherPort(
        TransportProtocol protocol, IpAddress address, ushort port)
    {
        if (_ftpCount > 0
            && protocol == TransportProtocol.Tcp
            && port is FtpPorts.Data or >= FirstUnprivilegedPort
            && Find(protocol, address, FtpPorts.Control) is { } ftp)
        {
            return ftp.Settings.Persistence is null ? null : ftp;
        }

        return _anyPortCount > 0 ? Find(protocol, address, 0) : null;
    }

    private void CountKind(in ServiceKey key, int change)
    {
        if (key.Mark != 0)
        {
            _markCount += change;
        }
        else if (key.Port == 0)
        {
            _anyPortCount += change;
        }
        else if (key is { Protocol: TransportProtocol.Tcp, Port: FtpPorts.Control })
        {
            _ftpCount += change;
        }
    }

    private VirtualService? Find(IpAddress address, ulong rest)
    {
        Entry[] index = _index;
        uint mask = (uint)index.Length - 1;
        uint at = _hash.Of(address.High, address.Low, rest) & mask;
        while (true)
        {
            ref readonly Entry entry = ref index[at];
            if (entry.Service is null)
            {
                return null;
            }

            if (entry.Low == address.Low && entry.High == address.High && entry.Rest == rest)
            {
                return entry.Service;
            }

            at = (at + 1) & mask;
        }
    }

    private void Rebuild()
    {
        // A quarter to a half full: large enough for short probes, small enough for the cache.
        uint wanted = BitOperations.RoundUpToPowerOf2((uint)_services.Count * 2);
        _index = new Entry[uint.Max(wanted, SmallestIndex)];
        foreach (VirtualService service in _services)
        {
            Insert(service);
        }
    }

    private void Insert(VirtualService service)
    {
        Invariant.Holds(_services.Count < _index.Length, "the index keeps an empty place");
        IpAddress address = AddressOf(service.Key);
        Entry entry = new(address.High, address.Low, RestOf(service.Key), service);
        uint mask = (uint)_index.Length - 1;
        uint at = Home(entry) & mask;
        while (_index[at].Service is not null)
        {
            at = (at + 1) & mask;
        }

        _index[at] = entry;
    }

    /// <summary>Closes the gap: what was pushed past it moves back towards its home.</summary>
    private void Erase(VirtualService service)
    {
        uint mask = (uint)_index.Length - 1;
        uint gap = Home(new(
            AddressOf(service.Key).High,
            AddressOf(service.Key).Low,
            RestOf(service.Key),
            service)) & mask;
        while (_index[gap].Service != service)
        {
            gap = (gap + 1) & mask;
        }

        for (uint at = (gap + 1) & mask; _index[at].Service is not null; at = (at + 1) & mask)
        {
            uint fromHome = unchecked(at - Home(_index[at])) & mask;
            uint fromGap = unchecked(at - gap) & mask;
            if (fromHome >= fromGap)
            {
                _index[gap] = _index[at];
                gap = at;
            }
        }

        _index[gap] = default;
    }

    private uint Home(in Entry entry) => _hash.Of(entry.High, entry.Low, entry.Rest);

    private readonly record struct Entry(
        ulong High, ulong Low, ulong Rest, VirtualService? Service);
}
