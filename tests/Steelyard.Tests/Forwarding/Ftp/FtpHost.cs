using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>
/// An end of a control connection with a plain TCP of its own: each line is a segment, what is not
/// acknowledged or selectively acknowledged is sent again, what comes too early is kept and
/// reported in SACK blocks. RFC 9293; RFC 2018.
/// </summary>
internal sealed class FtpHost(uint initialSequence, uint peersInitialSequence)
{
    private readonly List<(uint Start, byte[] Octets)> _sent = [];
    private readonly SortedDictionary<uint, byte[]> _early = [];
    private readonly List<byte> _received = [];
    private uint _oldest = initialSequence;
    private uint _next = initialSequence;
    private uint _expected = peersInitialSequence;

    public string Received => Encoding.ASCII.GetString([.. _received]);

    public bool IsAllAcknowledged => _oldest == _next;

    public byte[] Send(string line)
    {
        byte[] octets = Encoding.ASCII.GetBytes(line);
        _sent.Add((_next, octets));
        byte[] packet = FtpWire.Packet(_next, _expected, [], octets);
        _next = unchecked(_next + (uint)octets.Length);
        return packet;
    }

    /// <summary>All lines that the other end has not said it has.</summary>
    public IEnumerable<byte[]> SendAgain() =>
        [.. _sent.Select(line => FtpWire.Packet(line.Start, _expected, [], line.Octets))];

    /// <summary>Takes a segment, and answers it when it holds data.</summary>
    public byte[]? Take(byte[] packet)
    {
        uint acknowledged = FtpWire.Acknowledgment(packet);
        Assert.True(
            unchecked((int)(acknowledged - _next)) <= 0, "acknowledges what was never sent");
        if (unchecked((int)(acknowledged - _oldest)) > 0)
        {
            _oldest = acknowledged;
        }

        Assert.All(_sent, line => Assert.True(
            _oldest == line.Start || unchecked((int)(_oldest - line.Start)) < 0
                || unchecked((int)(_oldest - line.Start)) >= line.Octets.Length,
            "acknowledges a part of a line"));
        _sent.RemoveAll(line => unchecked((int)(_oldest - line.Start)) > 0
            || Blocks(packet).Any(block => block.Left == line.Start
                || (unchecked((int)(line.Start - block.Left)) > 0
                    && unchecked((int)(block.Right - line.Start)) > 0)));
        byte[] payload = FtpWire.Payload(packet);
        if (payload.Length == 0)
        {
            return null;
        }

        Keep(FtpWire.Sequence(packet), payload);
        return FtpWire.Packet(_next, _expected, SackOption(), []);
    }

    private void Keep(uint start, byte[] payload)
    {
        if (unchecked((int)(start - _expected)) > 0)
        {
            _early[start] = payload;
            return;
        }

        int known = unchecked((int)(_expected - start));
        if (known < payload.Length)
        {
            _received.AddRange(payload[known..]);
            _expected = unchecked(start + (uint)payload.Length);
        }

        foreach (uint early in _early.Keys.Where(
            key => unchecked((int)(key - _expected)) <= 0).ToArray())
        {
            byte[] octets = _early[early];
            _early.Remove(early);
            Keep(early, octets);
        }
    }

    private byte[] SackOption()
    {
        (uint Start, byte[] Octets)[] blocks =
            [.. _early.Take(3).Select(entry => (entry.Key, entry.Value))];
        if (blocks.Length == 0)
        {
            return [];
        }

        // A filler in front puts the edges at odd places.
        byte[] option = new byte[4 + (blocks.Length * 8)];
        option[0] = 1;
        option[1] = 5;
        option[2] = (byte)(2 + (blocks.Length * 8));
        option[^1] = 1;
        for (int index = 0; index < blocks.Length; index++)
        {
            Span<byte> edges = option.AsSpan(3 + (index * 8));
            uint start = blocks[index].Start;
            BinaryPrimitives.WriteUInt32BigEndian(edges, start);
            BinaryPrimitives.WriteUInt32BigEndian(
                edges[4..], unchecked(start + (uint)blocks[index].Octets.Length));
        }

        return option;
    }

    private static IEnumerable<(uint Left, uint Right)> Blocks(byte[] packet)
    {
        byte[] options = FtpWire.Options(packet);
        int at = 0;
        while (at < options.Length && options[at] != 5)
        {
            at++;
        }

        for (int edge = at + 2; at < options.Length && edge + 8 <= at + options[at + 1]; edge += 8)
        {
            yield return (
                BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(edge)),
                BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(edge + 4)));
        }
    }
}
