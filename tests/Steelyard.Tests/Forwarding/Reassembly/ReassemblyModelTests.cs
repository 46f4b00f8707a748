using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Reassembly;

/// <summary>The table against lists of octets: random cuts, orders, overlaps and lies.</summary>
public sealed class ReassemblyModelTests
{
    private const int KeyCount = 10;
    private const int Capacity = 8;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 19],
        Gen.Int[0, KeyCount - 1],
        Gen.Int[0, 30],
        Gen.Int[0, 90],
        Gen.Bool,
        (kind, key, offset, length, hasMore) => new Step(kind, key, offset, length, hasMore));

    [Fact]
    public void A_table_does_what_lists_of_octets_do()
    {
        Gen.Select(Steps.Array[1, 150], Gen.Int[0, 240].Array[KeyCount], Gen.ULong).Sample(
            (steps, lengths, seed) =>
            {
                Comparison comparison = new(lengths, seed);
                foreach (Step step in steps)
                {
                    comparison.Do(step);
                }
            },
            iter: 4_000);
    }

    [Fact]
    public void Any_cut_in_any_order_makes_the_datagram_again()
    {
        Gen.Select(Gen.Int[9, 60_000], Gen.Int[1, 2_000], Gen.Int[0, 4], Gen.Bool, Gen.UInt).Sample(
            (length, step, options, isIpv6, seed) =>
            {
                byte[] payload = Cutting.Numbers(length);
                int[] ends = [.. Ends(length, step * 8)];
                byte[] packet = isIpv6
                    ? Cutting.Ipv6(new byte[options * 8], 17, payload)
                    : PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", payload)
                        .MayBeCut().IpOptions(new byte[options * 4]).Build();
                byte[][] pieces = isIpv6
                    ? Cutting.Ipv6Pieces(new byte[options * 8], 17, payload, seed, ends)
                    : Cutting.Ipv4(packet, ends);
                Shuffle(pieces, seed);
                ReassemblyTable table = new(1);
                if (pieces.Length == 1 && !isIpv6)
                {
                    return;
                }

                foreach (byte[] piece in pieces[..^1])
                {
                    Assert.Equal(ReassemblyOutcome.Kept, table.Offer(piece));
                }

                Assert.Equal(
                    ReassemblyOutcome.Complete,
                    table.Offer(pieces[^1], Cutting.Start, out int handle));
                Assert.Equal(packet, table.Packet(handle));
                Assert.Equal(
                    pieces.Max(piece => piece.Length), table.LargestFragment(handle));
            },
            iter: 300);
    }

    private static IEnumerable<int> Ends(int length, int step)
    {
        for (int end = step; end < length; end += step)
        {
            yield return end;
        }
    }

    private static void Shuffle(byte[][] pieces, uint seed)
    {
        for (int last = pieces.Length - 1; last > 0; last--)
        {
            seed = unchecked((seed * 1_664_525) + 1_013_904_223);
            int other = (int)(seed >> 8) % (last + 1);
            (pieces[last], pieces[other]) = (pieces[other], pieces[last]);
        }
    }

    private sealed record Step(int Kind, int Key, int Offset, int Length, bool HasMore);

    private sealed record Piece(int Start, int End, byte[] Octets);

    /// <summary>A datagram in the making.</summary>
    private sealed class Model
    {
        public required int Key { get; init; }

        public required Instant Deadline { get; init; }

        public List<Piece> Pieces { get; } = [];

        public int End { get; set; } = -1;

        public bool IsPoisoned { get; set; }

        public bool IsWhole => End >= 0 && Pieces.Sum(piece => piece.Octets.Length) == End;

        public byte[] Octets =>
            [.. Pieces.OrderBy(piece => piece.Start).SelectMany(piece => piece.Octets)];
    }

    private sealed class Comparison(int[] lengths, ulong seed)
    {
        private readonly ReassemblyTable _table = new(Capacity, seed);

        // From the oldest to the youngest.
        private readonly List<Model> _models = [];
        private readonly byte[] _lies = Cutting.Numbers(70_000, seed: 77);
        private Instant _now = Cutting.Start;
        private int _evicted;
        private int _timedOut;
        private int _completed;

        public void Do(Step step)
        {
            switch (step.Kind)
            {
                case < 6:
                    OfferPiece(step.Key, step.Offset % 4);
                    break;
                case < 14:
                    for (int index = 0; index < 4; index++)
                    {
                        OfferPiece(step.Key, (index + step.Offset) % 4);
                    }

                    break;
                case < 17:
                    Offer(step.Key, step.Offset * 8, step.HasMore, _lies[..step.Length]);
                    break;
                case 17:
                    int offset = 65_536 - (step.Offset * 8) - 8;
                    Offer(step.Key, offset, step.HasMore, _lies[..(step.Length * 4)]);
                    break;
                case 18:
                    _now += TimeSpan.FromSeconds(step.Length);
                    break;
                default:
                    _now += TimeSpan.FromSeconds(step.Length);
                    _timedOut += _models.Count(
                        model => model.Deadline <= _now && !model.IsPoisoned);
                    int ended = _models.RemoveAll(model => model.Deadline <= _now);
                    Assert.Equal(ended, _table.Expire(_now, int.MaxValue));
                    break;
            }

            Assert.Equal(_models.Count(model => !model.IsPoisoned), _table.InFlight);
            Assert.Equal(_evicted, _table.Evicted);
            Assert.Equal(_timedOut, _table.TimedOut);
            Assert.Equal(_completed, _table.Completed);
        }

        private static bool IsIpv6(int key) => key % 3 == 0;

        /// <summary>Five keys share a sender.</summary>
        private static int SenderOf(int key) => key < 5 ? key % 3 == 0 ? 100 : 101 : key;

        private static byte[] HeaderOf(int key) => IsIpv6(key)
            ? Cutting.Ipv6([], 17, [])
            : PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", []).MayBeCut().Build();

        private static DatagramKey KeyOf(int key) => new(
            IsIpv6(key),
            IsIpv6(key)
                ? new(0x2001_0DB8_0000_0000 + (ulong)SenderOf(key), (ulong)key)
                : IpAddress.FromIpv4((uint)SenderOf(key)),
            IpAddress.FromIpv4(9),
            IpProtocol.Unknown,
            (uint)key);

        /// <summary>One of four pieces that make the datagram of a key whole.</summary>
        private void OfferPiece(int key, int index)
        {
            int length = lengths[key] + 32;
            int step = length / 4 / 8 * 8;
            int start = index * step;
            int end = index == 3 ? length : start + step;
            Offer(key, start, index < 3, Cutting.Numbers(length, key)[start..end]);
        }

        private void Offer(int key, int offset, bool hasMore, byte[] octets)
        {
            ReassemblyOutcome expected = Expect(key, offset, hasMore, octets, out byte[] payload);
            Fragment fragment = new(KeyOf(key), offset, hasMore, HeaderOf(key), octets);

            ReassemblyOutcome outcome = _table.Offer(fragment, _now, out int handle);

            Assert.Equal(expected, outcome);
            Assert.Equal(outcome == ReassemblyOutcome.Complete, handle >= 0);
            if (handle >= 0)
            {
                int header = HeaderOf(key).Length;
                Assert.Equal(payload, _table.Packet(handle)[header..]);
                _table.Free(handle);
                _completed++;
            }
        }

        private ReassemblyOutcome Expect(
            int key, int offset, bool hasMore, byte[] octets, out byte[] payload)
        {
            payload = octets;
            int end = offset + octets.Length;
            bool isWhole = offset == 0 && !hasMore;
            if ((hasMore && octets.Length % 8 != 0)
                || (octets.Length == 0 && !isWhole)
                || end > 65_535 - (IsIpv6(key) ? 0 : 20))
            {
                return ReassemblyOutcome.Malformed;
            }

            Model? model = isWhole ? null : _models.Find(known => known.Key == key);
            if (model?.Deadline <= _now)
            {
                GiveUp(model);
                model = null;
            }

            model ??= Begin(key, isWhole);
            if (isWhole)
            {
                return ReassemblyOutcome.Complete;
            }

            if (model.IsPoisoned)
            {
                return ReassemblyOutcome.Overlap;
            }

            ReassemblyOutcome outcome = Judge(model, offset, end, hasMore);
            if (outcome != ReassemblyOutcome.Unknown)
            {
                model.IsPoisoned = outcome != ReassemblyOutcome.Kept;
                return outcome;
            }

            model.Pieces.Add(new(offset, end, octets));
            model.End = hasMore ? model.End : end;
            if (!model.IsWhole)
            {
                return ReassemblyOutcome.Kept;
            }

            payload = model.Octets;
            _models.Remove(model);
            return ReassemblyOutcome.Complete;
        }

        private static ReassemblyOutcome Judge(Model model, int offset, int end, bool hasMore)
        {
            Piece[] met =
            [
                .. model.Pieces.Where(piece => offset < piece.End && piece.Start < end),
            ];
            bool isSame = met.Length == 1
                && met[0].Start == offset
                && (met[0].End + 7) / 8 == (end + 7) / 8;
            bool isOtherEnd = model.End >= 0
                ? hasMore ? end >= model.End : end != model.End
                : !hasMore && model.Pieces.Exists(piece => piece.End >= end);
            return met.Length > 0 && !isSame ? ReassemblyOutcome.Overlap
                : isOtherEnd ? ReassemblyOutcome.Malformed
                : isSame ? ReassemblyOutcome.Kept
                : ReassemblyOutcome.Unknown;
        }

        private Model Begin(int key, bool isWhole)
        {
            Model[] own =
            [
                .. _models.Where(known => SenderOf(known.Key) == SenderOf(key)
                    && IsIpv6(known.Key) == IsIpv6(key)),
            ];
            if (!isWhole && own.Length >= Capacity / 4)
            {
                GiveUp(own[0]);
            }

            if (_models.Count == Capacity)
            {
                GiveUp(OldestOfAll());
            }

            Model model = new()
            {
                Key = key,
                Deadline = _now + TimeSpan.FromSeconds(IsIpv6(key) ? 60 : 30),
            };
            if (!isWhole)
            {
                _models.Add(model);
            }

            return model;
        }

        /// <summary>Of two that were begun at once the IPv4 one.</summary>
        private Model OldestOfAll() => _models
            .OrderBy(model => model.Deadline - TimeSpan.FromSeconds(IsIpv6(model.Key) ? 60 : 30))
            .ThenBy(model => IsIpv6(model.Key))
            .First();

        private void GiveUp(Model model)
        {
            _models.Remove(model);
            if (!model.IsPoisoned)
            {
                _timedOut += model.Deadline <= _now ? 1 : 0;
                _evicted += model.Deadline <= _now ? 0 : 1;
            }
        }
    }
}
