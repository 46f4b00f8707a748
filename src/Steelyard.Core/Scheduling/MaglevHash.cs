using System;
using System.Numerics;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// By the client address, and few clients move when servers change (<c>mh</c>). Each server has
/// its own order of preference over the table's cells, and in turn they take the best that is
/// left. Eisenbud and others, "Maglev" (NSDI 2016), §3.4. A server that is quiesced keeps its
/// cells: its clients get none, or with <c>mh-fallback</c> another server; <c>mh-port</c> tells a
/// client's ports apart.
/// </summary>
public sealed class MaglevHash : ISchedule
{
    /// <summary>A prime, so that every step visits every cell.</summary>
    private const int Size = 4093;

    /// <summary>No server takes more cells in a row than these bits can say.</summary>
    private const int TurnBits = 6;

    // Not secret: two boxes with the same servers in the same order choose alike.
    private const ulong OffsetKey = 2_654_435_761;
    private const ulong SkipKey = 2_654_446_892;

    private readonly RealServer?[] _table = new RealServer?[Size];

    /// <summary>Of the servers in list order; as many as the table was made of.</summary>
    private Claim[] _claims = [];
    private RealServer[] _servers = [];
    private bool _isStale;

    public string Name => "mh";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        if (_isStale)
        {
            Fill(service.Key.Address.IsIpv4);
        }

        SchedulerFlags flags = service.Settings.Flags;
        uint port = (flags & SchedulerFlags.Port) != 0 ? flow.Client.Port : 0u;
        uint word = unchecked(AddressFold.Of(flow.Client.Address) + port);
        uint home = Cell(word);
        RealServer? server = _table[home];
        return server switch
        {
            null => null,
            { TakesNewConnections: true } => server,
            _ when (flags & SchedulerFlags.Fallback) != 0 => FallBack(word, home),
            _ => null,
        };
    }

    /// <summary>
    /// The table follows at the next pick, once for all changes until then; room for it is made
    /// now.
    /// </summary>
    public void OnServersChanged(VirtualService service)
    {
        RealServer[] servers = service.Picture;
        if (servers == _servers && !HasNewWeight())
        {
            return;
        }

        if (_claims.Length < servers.Length)
        {
            _claims = new Claim[int.Max(servers.Length, _claims.Length * 2)];
        }

        _servers = servers;
        for (int index = 0; index < servers.Length; index++)
        {
            _claims[index].Weight = servers[index].LastWeight;
        }

        _isStale = true;
    }

    private static uint Cell(uint word) => SipHash.Of(word, OffsetKey) % Size;

    private bool HasNewWeight()
    {
        for (int index = 0; index < _servers.Length; index++)
        {
            if (_claims[index].Weight != _servers[index].LastWeight)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Hashes on, from as far as the client's own cell, until a server is free.</summary>
    private RealServer? FallBack(uint word, uint home)
    {
        if (!Array.Exists(_servers, static server => server.TakesNewConnections))
        {
            return null;
        }

        for (uint step = 0; step < Size; step++)
        {
            uint offset = (step + home) % Size;
            RealServer? server = _table[Cell(unchecked(word + offset))];
            if (server is { TakesNewConnections: true })
            {
                return server;
            }
        }

        return null;
    }

    private void Fill(bool isIpv4)
    {
        _isStale = false;
        Span<Claim> claims = _claims.AsSpan(0, _servers.Length);
        if (!SetTurns(claims))
        {
            Array.Clear(_table);
            return;
        }

        for (int index = 0; index < claims.Length; index++)
        {
            Endpoint endpoint = _servers[index].Endpoint;
            uint word = unchecked(AddressFold.Of(endpoint.Address, isIpv4) + endpoint.Port);
            claims[index].Cell = (int)Cell(word);
            claims[index].Skip = (int)(SipHash.Of(word, SkipKey) % (Size - 1)) + 1;
        }

        Array.Clear(_table);
        int left = Size;
        while (true)
        {
            for (int index = 0; index < claims.Length; index++)
            {
                for (int turn = 0; turn < claims[index].Turns; turn++)
                {
                    _table[NextFree(ref claims[index])] = _servers[index];
                    left--;
                    if (left == 0)
                    {
                        return;
                    }
                }
            }
        }
    }

    /// <summary>
    /// Weights in lowest terms, and halved until the highest has six bits; at least one turn for
    /// who has a weight at all.
    /// </summary>
    /// <returns>False when nobody has one.</returns>
    private static bool SetTurns(Span<Claim> claims)
    {
        int highest = 0;
        int divisor = 0;
        foreach (ref readonly Claim claim in claims)
        {
            highest = int.Max(highest, claim.Weight);
            divisor = GreatestCommonDivisor.Of(divisor, claim.Weight);
        }

        if (divisor == 0)
        {
            return false;
        }

        int bits = 32 - BitOperations.LeadingZeroCount((uint)(highest / divisor));
        int shift = int.Max(bits - TurnBits, 0);
        foreach (ref Claim claim in claims)
        {
            int turns = (claim.Weight / divisor) >> shift;
            claim.Turns = claim.Weight == 0 ? 0 : int.Max(turns, 1);
        }

        return true;
    }

    private int NextFree(ref Claim claim)
    {
        while (_table[claim.Cell] is not null)
        {
            claim.Cell += claim.Skip;
            if (claim.Cell >= Size)
            {
                claim.Cell -= Size;
            }
        }

        return claim.Cell;
    }

    private struct Claim
    {
        /// <summary>The last one that was not zero.</summary>
        public int Weight;

        /// <summary>Cells that the server takes in one round.</summary>
        public int Turns;

        /// <summary>The cell that it would like next.</summary>
        public int Cell;

        /// <summary>From there to the one it would like after it.</summary>
        public int Skip;
    }
}
