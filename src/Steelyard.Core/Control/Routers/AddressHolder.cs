using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Invariants;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Routers;

/// <summary>
/// Which virtual addresses this box holds, on which interface and under which station address:
/// the engine, the interfaces and the ARP answers are told of the same change.
/// </summary>
internal sealed class AddressHolder(IControlEffects effects)
{
    /// <summary>
    /// The twin's last records arrive within milliseconds; a client's first retransmission comes
    /// after 200 ms, and its second before this ends.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly List<Held> _held = [];

    /// <summary>Makes a router's held addresses exactly these.</summary>
    public void Hold(
        VirtualRouter router,
        int interfaceIndex,
        MacAddress station,
        ImmutableArray<IpPrefix> wanted)
    {
        bool hadAny = false;
        for (int at = _held.Count - 1; at >= 0; at--)
        {
            Held held = _held[at];
            if (!ReferenceEquals(held.Router, router))
            {
                continue;
            }

            hadAny = true;
            if (held.InterfaceIndex != interfaceIndex || !Contains(wanted, held.Address))
            {
                _held.RemoveAt(at);
                Send(new ReleaseAddress(held.InterfaceIndex, held.Address));
                if (!_held.Exists(other => other.SharesGroup(held)))
                {
                    Join(held, joins: false);
                }

                if (!_held.Exists(other => other.IsAt(held.InterfaceIndex, held.Station)))
                {
                    effects.AcceptStation(held.InterfaceIndex, held.Station, accepts: false);
                }
            }
        }

        if (wanted.IsEmpty && !hadAny)
        {
            return;
        }

        foreach (IpPrefix prefix in wanted)
        {
            Add(new Held(router, interfaceIndex, prefix.Address, station));
        }

        effects.TakeRouted([.. _held.Select(held => held.Address)]);
    }

    /// <summary>Says all of it again, to sockets and ports that have just been opened.</summary>
    public void Repeat()
    {
        foreach (Held held in _held)
        {
            effects.AcceptStation(held.InterfaceIndex, held.Station, accepts: true);
            Join(held, joins: true);
            Send(new HoldAddress(held.InterfaceIndex, held.Address, held.Station));
        }
    }

    public bool TryFind(int interfaceIndex, IpAddress address, out MacAddress station)
    {
        foreach (Held held in _held)
        {
            if (held.InterfaceIndex == interfaceIndex && held.Address == address)
            {
                station = held.Station;
                return true;
            }
        }

        station = default;
        return false;
    }

    private void Add(Held wanted)
    {
        if (_held.Contains(wanted))
        {
            return;
        }

        if (!_held.Exists(other => other.IsAt(wanted.InterfaceIndex, wanted.Station)))
        {
            effects.AcceptStation(wanted.InterfaceIndex, wanted.Station, accepts: true);
        }

        _held.Add(wanted);
        Join(wanted, joins: true);
        Send(new HoldAddress(wanted.InterfaceIndex, wanted.Address, wanted.Station, Settling));
    }

    /// <summary>
    /// The group that is asked for an IPv6 address. RFC 9568 §6.4.3, (340).
    /// </summary>
    private void Join(Held held, bool joins)
    {
        if (!held.Address.IsIpv4)
        {
            effects.JoinGroup(
                held.InterfaceIndex, NeighbourDiscovery.GroupOf(held.Address), joins);
        }
    }

    /// <summary>
    /// A lost command would leave a BACKUP that answers for the address, or a MASTER that does
    /// not: better no box at all, for then the twin takes over.
    /// </summary>
    private void Send(IEngineCommand command) => Invariant.Holds(
        effects.TryCommand(command), "the data thread hears of every virtual address");

    private static bool Contains(ImmutableArray<IpPrefix> prefixes, IpAddress address)
    {
        foreach (IpPrefix prefix in prefixes)
        {
            if (prefix.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Held(
        VirtualRouter Router, int InterfaceIndex, IpAddress Address, MacAddress Station)
    {
        public bool IsAt(int interfaceIndex, MacAddress station) =>
            InterfaceIndex == interfaceIndex && Station == station;

        /// <summary>One group serves all addresses that end alike.</summary>
        public bool SharesGroup(Held other) =>
            InterfaceIndex == other.InterfaceIndex
            && !Address.IsIpv4
            && NeighbourDiscovery.GroupOf(Address) == NeighbourDiscovery.GroupOf(other.Address);
    }
}
