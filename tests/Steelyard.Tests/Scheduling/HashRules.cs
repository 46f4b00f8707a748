using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>What the hashing rules have in common.</summary>
internal static class Hashing
{
    private static readonly BigInteger Words = BigInteger.One << 32;

    /// <summary>The words of the address, from its text, one upon the other.</summary>
    public static uint Fold(IpAddress address) => Octets(address)
        .Chunk(4)
        .Select(word => BinaryPrimitives.ReadUInt32BigEndian(word))
        .Aggregate((left, right) => left ^ right);

    /// <summary>In a service of IPv4 only the first word of an address is seen.</summary>
    public static uint Fold(IpAddress address, bool isIpv4Service) => isIpv4Service
        ? BinaryPrimitives.ReadUInt32BigEndian(Octets(address))
        : Fold(address);

    public static uint Sum(params uint[] numbers) =>
        (uint)(numbers.Aggregate(BigInteger.Zero, (sum, number) => sum + number) % Words);

    /// <summary>hash_32 with 8 bits.</summary>
    public static int Bucket(uint word) => (int)(word * new BigInteger(0x61C88647) % Words >> 24);

    public static uint Port(ModelService service, in FlowKey flow) =>
        service.Flags.HasFlag(SchedulerFlags.Port) ? flow.Client.Port : 0u;

    /// <summary>
    /// SipHash-1-3 of the paper, over a string of octets, of which a 32-bit result takes the lower
    /// half.
    /// </summary>
    public static uint Sip(ReadOnlySpan<byte> text, ulong firstKey, ulong secondKey)
    {
        ulong[] v =
        [
            firstKey ^ 0x736f6d6570736575, secondKey ^ 0x646f72616e646f6d,
            firstKey ^ 0x6c7967656e657261, secondKey ^ 0x7465646279746573,
        ];
        byte[] padded = new byte[(text.Length / 8 * 8) + 8];
        text.CopyTo(padded);
        padded[^1] = (byte)text.Length;
        foreach (byte[] block in padded.Chunk(8))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(block);
            v[3] ^= word;
            SipRound(v);
            v[0] ^= word;
        }

        v[2] ^= 0xFF;
        for (int round = 0; round < 3; round++)
        {
            SipRound(v);
        }

        return (uint)((v[0] ^ v[1] ^ v[2] ^ v[3]) & uint.MaxValue);
    }

    private static void SipRound(ulong[] v)
    {
        Half(v, 0, 1, 13, 32);
        Half(v, 2, 3, 16, 0);
        Half(v, 0, 3, 21, 0);
        Half(v, 2, 1, 17, 32);
    }

    private static void Half(ulong[] v, int sum, int other, int turn, int sumTurn)
    {
        v[sum] = unchecked(v[sum] + v[other]);
        v[other] = BitOperations.RotateLeft(v[other], turn) ^ v[sum];
        v[sum] = BitOperations.RotateLeft(v[sum], sumTurn);
    }

    private static byte[] Octets(IpAddress address) => address.ToIPAddress().GetAddressBytes();
}

/// <summary>
/// 256 buckets, dealt from the list again and again; hash_32 of the client's address.
/// </summary>
internal sealed class SourceBuckets : IRule
{
    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        List<ModelServer> deck = [.. service.Servers
            .SelectMany(server => Enumerable.Repeat(server, int.Max(server.Weight, 1)))];
        if (deck.Count == 0)
        {
            return null;
        }

        int home = Hashing.Bucket(
            Hashing.Sum(Hashing.Fold(flow.Client.Address), Hashing.Port(service, flow)));
        IEnumerable<int> buckets = service.Flags.HasFlag(SchedulerFlags.Fallback)
            ? [home, .. Enumerable.Range(home, 256).Select(offset => (offset + home) & 255)]
            : [home];
        return buckets.Select(at => deck[at % deck.Count]).FirstOrDefault(s => s.IsFree);
    }
}

/// <summary>256 buckets, one each in turn; hash_32 of the address that is asked for.</summary>
internal sealed class DestinationBuckets : IRule
{
    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        int bucket = Hashing.Bucket(Hashing.Fold(flow.Virtual.Address));
        return service.Servers
            .Where((_, index) => index == bucket % service.Servers.Count)
            .FirstOrDefault(server => server.IsFree);
    }
}

/// <summary>
/// Maglev by its paper: whole lists of preference, and in rounds each server takes the first
/// cells of its list that nobody has.
/// </summary>
internal sealed class Preferences(bool isIpv4) : IRule
{
    private const int Cells = 4093;
    private ModelServer?[]? _table;

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        _table ??= Build(service);
        uint word = Hashing.Sum(Hashing.Fold(flow.Client.Address), Hashing.Port(service, flow));
        int home = Hash(word, 2654435761);
        IEnumerable<int> cells = [home];
        if (service.Flags.HasFlag(SchedulerFlags.Fallback))
        {
            cells = cells.Concat(Enumerable.Range(0, Cells).Select(step =>
                Hash(Hashing.Sum(word, (uint)((step + home) % Cells)), 2654435761)));
        }

        return cells.Select(cell => _table[cell]).FirstOrDefault(s => s is null || s.IsFree);
    }

    public void OnChanged(ModelService service) => _table = null;

    private static int Hash(uint word, ulong key, int modulus = Cells)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, word);
        return (int)(Hashing.Sip(octets, key, key) % (uint)modulus);
    }

    private ModelServer?[] Build(ModelService service)
    {
        ModelServer?[] table = new ModelServer?[Cells];
        ModelServer[] servers = [.. service.Servers.Where(server => server.LastWeight > 0)];
        if (servers.Length == 0)
        {
            return table;
        }

        int divisor = (int)servers.Aggregate(
            BigInteger.Zero, (sum, s) => BigInteger.GreatestCommonDivisor(sum, s.LastWeight));
        int scale = 1;
        while (servers.Max(server => server.LastWeight) / divisor / scale >= 64)
        {
            scale *= 2;
        }

        Queue<int>[] lists = [.. servers.Select(ListOf)];
        int filled = 0;
        while (true)
        {
            for (int index = 0; index < servers.Length; index++)
            {
                int turns = int.Max(servers[index].LastWeight / divisor / scale, 1);
                for (int turn = 0; turn < turns; turn++)
                {
                    int cell = lists[index].Dequeue();
                    while (table[cell] is not null)
                    {
                        cell = lists[index].Dequeue();
                    }

                    table[cell] = servers[index];
                    filled++;
                    if (filled == Cells)
                    {
                        return table;
                    }
                }
            }
        }
    }

    private Queue<int> ListOf(ModelServer server)
    {
        uint word = Hashing.Sum(
            Hashing.Fold(server.Endpoint.Address, isIpv4), server.Endpoint.Port);
        int offset = Hash(word, 2654435761);
        int skip = Hash(word, 2654446892, Cells - 1) + 1;
        return new(Enumerable.Range(0, Cells)
            .Select(step => (int)((offset + ((long)step * skip)) % Cells)));
    }
}
