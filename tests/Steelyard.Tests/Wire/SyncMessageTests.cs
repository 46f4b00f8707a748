using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CsCheck;
using Steelyard.Core.Connections;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>Golden messages: what the sync daemon of Linux 6.1 sent (Data/ipvs/sync).</summary>
public sealed class SyncMessageTests
{
    private const string OneConnection = "0007002c01010000" + Entry;
    private const string Entry =
        "0006002400000000" + "00019c4100501f90" + "0000000000000384" + "0a0000010a0900010a01000b";

    // The second message of Data/ipvs/sync/version0.json.
    private const string OldEntry = "00069c4100501f900a0000010a0900010a01000b01000007";

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string path in Directory.GetFiles(Folder(), "*.json").Order())
        {
            files.Add(Path.GetFileNameWithoutExtension(path));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Messages_of_a_kernel_decode_to_what_they_say(string file)
    {
        foreach (JsonElement golden in Messages(file))
        {
            byte[] datagram = Convert.FromHexString(golden.GetProperty("payload").GetString()!);
            JsonElement decoded = golden.GetProperty("decoded");

            Assert.True(
                SyncMessage.TryParse(datagram, 0, out SyncMessage message, out SyncFault fault));

            Assert.Equal(SyncFault.None, fault);
            Assert.Equal(decoded.GetProperty("syncid").GetInt32(), message.SyncId);
            Assert.Equal(Expected(decoded), Actual(message));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Messages_are_written_as_the_kernel_writes_them(string file)
    {
        foreach (JsonElement golden in Messages(file).Where(message =>
            message.GetProperty("decoded").GetProperty("version").GetInt32() == 1))
        {
            string hex = golden.GetProperty("payload").GetString()!;
            Assert.True(SyncMessage.TryParse(
                Convert.FromHexString(hex), 0, out SyncMessage message, out _));

            byte[] written = [.. Enumerable.Repeat((byte)0xA5, 1500)];
            int length = SyncMessage.Begin(written, message.SyncId);
            SyncMessage.Enumerator entries = message.GetEnumerator();
            while (entries.MoveNext())
            {
                Assert.True(SyncMessage.TryAppend(
                    written, ref length, entries.Current, entries.Engine));
            }

            Assert.Equal(hex, Convert.ToHexString(written, 0, length).ToLowerInvariant());
        }
    }

    [Fact]
    public void Enough_golden_messages_are_there()
    {
        int entries = Directory.GetFiles(Folder())
            .SelectMany(path => Messages(Path.GetFileNameWithoutExtension(path)))
            .Sum(message =>
                message.GetProperty("decoded").GetProperty("conns").GetArrayLength());

        Assert.True(entries > 50, $"only {entries} entries");
    }

    [Theory]
    [InlineData("", SyncFault.Truncated)]
    [InlineData("0007002c010100", SyncFault.Truncated)]
    [InlineData("0007002d01010000" + Entry, SyncFault.Truncated)] // says 45 bytes, has 44
    [InlineData("0007002c02010000" + Entry, SyncFault.Truncated)] // says two entries, has one
    [InlineData("0007002c01010001" + Entry, SyncFault.UnknownVersion)]
    [InlineData("00070004", SyncFault.Truncated)] // an old header, and no count
    [InlineData("02070028" + OldEntry + "000000000000000000000000", SyncFault.Truncated)]
    [InlineData("0108001c" + OldEntry, SyncFault.OtherSyncId)]
    [InlineData( // its flags promise sequence numbers
        "0107001c" + "00069c4100501f900a0000010a0900010a01000b" + "02000001",
        SyncFault.Truncated)]
    [InlineData("0007002c01020000" + Entry, SyncFault.UnknownVersion)]
    [InlineData("0008002c01010000" + Entry, SyncFault.OtherSyncId)]
    [InlineData(
        "0007002c01010000" + "00061024000000000001" + "9c4100501f90000000000000038"
        + "40a0000010a0900010a01000b", SyncFault.UnknownEntryVersion)]
    [InlineData( // the entry says 40 bytes
        "0007002c01010000" + "00060028000000000001" + "9c4100501f90000000000000038"
        + "40a0000010a0900010a01000b", SyncFault.Truncated)]
    [InlineData( // the entry says 32 bytes
        "0007002c01010000" + "00060020000000000001" + "9c4100501f90000000000000038"
        + "40a0000010a0900010a01000b", SyncFault.Truncated)]
    [InlineData( // an IPv6 entry in 36 bytes
        "0007002c01010000" + "01060024000000000001" + "9c4100501f90000000000000038"
        + "40a0000010a0900010a01000b", SyncFault.Truncated)]
    public void A_malformed_message_is_refused_whole(string hex, SyncFault expected)
    {
        Assert.False(SyncMessage.TryParse(
            Convert.FromHexString(hex), 7, out _, out SyncFault fault));

        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("0202aabb", SyncFault.None)]
    [InlineData("0201aa" + "0303736970", SyncFault.None)]
    [InlineData("4201aa" + "4303736970", SyncFault.None)] // a known one may be ignorable, too
    [InlineData("0200", SyncFault.BadOption)]
    [InlineData("0201aa0201aa", SyncFault.BadOption)] // twice
    [InlineData("0104aabbccdd", SyncFault.BadOption)] // two shifts have 24 octets
    [InlineData("0311" + "6161616161616161" + "6161616161616161" + "61", SyncFault.BadOption)]
    [InlineData("6006270f0a010001", SyncFault.None)] // ours: a local end
    [InlineData("6001aa", SyncFault.None)] // of a shape that is none of ours
    [InlineData("7f02aabb", SyncFault.None)] // unknown, but ignorable
    [InlineData("0702aabb", SyncFault.UnknownOption)]
    [InlineData("0203aabb", SyncFault.BadOption)]
    [InlineData("02", SyncFault.BadOption)]
    public void Options_are_read_by_their_length(string option, SyncFault expected)
    {
        int size = SyncEntry.Ipv4Length + (option.Length / 2);
        string hex = $"0007{SyncMessage.HeaderLength + size:x4}01010000"
            + $"0006{size:x4}" + Entry[8..] + option;

        bool parsed = SyncMessage.TryParse(
            Convert.FromHexString(hex), 7, out SyncMessage message, out SyncFault fault);

        Assert.Equal(expected, fault);
        Assert.Equal(expected == SyncFault.None, parsed);
        Assert.Equal(parsed ? 1 : 0, Actual(message).Count);
    }

    [Fact]
    public void A_receiver_without_an_id_takes_all()
    {
        Assert.True(SyncMessage.TryParse(Convert.FromHexString(OneConnection), 0, out _, out _));
        Assert.True(SyncMessage.TryParse(Convert.FromHexString(OneConnection), 7, out _, out _));
        Assert.False(SyncMessage.TryParse(Convert.FromHexString(OneConnection), 8, out _, out _));
    }

    /// <summary>Each golden message, with each bit flipped, and cut at each octet.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void No_cut_and_no_flipped_bit_makes_the_reader_stumble(string file)
    {
        foreach (JsonElement golden in Messages(file))
        {
            byte[] good = Convert.FromHexString(golden.GetProperty("payload").GetString()!);
            for (int bit = 0; bit < good.Length * 8; bit++)
            {
                byte[] bad = [.. good];
                bad[bit / 8] ^= (byte)(1 << (bit % 8));
                ReadAll(bad);
                byte[] cut = bad[..(bit / 8)];
                ReadAll(cut);
                if (cut.Length >= 4)
                {
                    // As if it had been meant so.
                    BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)cut.Length);
                    ReadAll(cut);
                }
            }
        }
    }

    /// <summary>Octets that say of themselves that they are a message.</summary>
    [Fact]
    public void No_noise_makes_the_reader_stumble_and_what_it_reads_can_be_written()
    {
        Gen.Select(
            Gen.Int[0, 3],
            Gen.OneOf(Gen.Const(0x24), Gen.Const(0x48), Gen.Int[0, 400]),
            Gen.OneOf(Gen.Byte, Gen.Const((byte)0x60), Gen.Const((byte)0x61), Gen.Byte[1, 3])
                .Array[0, 500]).Sample(
            (count, size, noise) =>
            {
                byte[] datagram = new byte[8 + noise.Length];
                noise.CopyTo(datagram, 8);
                datagram[4] = (byte)count;
                datagram[5] = 1;
                if (noise.Length > 4)
                {
                    datagram[8] &= 1;
                    BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(10), (ushort)size);
                }

                BinaryPrimitives.WriteUInt16BigEndian(
                    datagram.AsSpan(2), (ushort)datagram.Length);
                ReadAll(datagram);
                datagram[0] = (byte)count;
                ReadAll(datagram);
            },
            iter: 5_000);
    }

    private static void ReadAll(byte[] datagram)
    {
        if (!SyncMessage.TryParse(datagram, 0, out SyncMessage message, out _))
        {
            return;
        }

        byte[] written = new byte[2 * 65_536];
        SyncMessage.Enumerator entries = message.GetEnumerator();
        while (entries.MoveNext())
        {
            if (!SyncRecords.TryToRecord(
                entries.Current, entries.Engine, out ConnectionRecord record))
            {
                continue;
            }

            int length = SyncMessage.Begin(written, 7);
            Assert.True(SyncRecords.TryAppend(written, ref length, record, out bool isTold));
            Assert.True(isTold);
            Assert.True(SyncMessage.TryParse(
                written.AsSpan(0, length), 7, out SyncMessage again, out _));
            SyncMessage.Enumerator copies = again.GetEnumerator();
            Assert.True(copies.MoveNext());
            Assert.True(SyncRecords.TryToRecord(
                copies.Current, copies.Engine, out ConnectionRecord copy));
            TimeSpan told = record.Timeout > TimeSpan.Zero
                ? record.Timeout
                : TimeSpan.FromSeconds(1);
            Assert.Equal(record with { Timeout = told }, copy);
        }
    }

    private static string Folder() =>
        Path.Combine(AppContext.BaseDirectory, "Data", "ipvs", "sync");

    private static JsonElement[] Messages(string file)
    {
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), $"{file}.json")));
        return [.. document.RootElement.Clone().GetProperty("messages").EnumerateArray()];
    }

    private static List<string> Expected(JsonElement decoded) =>
    [
        .. decoded.GetProperty("conns").EnumerateArray().Select(conn => string.Join(
            ' ',
            conn.GetProperty("protocol").GetInt32(),
            conn.GetProperty("flags").GetString(),
            conn.GetProperty("state").GetInt32(),
            conn.GetProperty("client").GetString(),
            conn.GetProperty("virtual").GetString(),
            conn.GetProperty("real").GetString(),
            conn.TryGetProperty("fwmark", out JsonElement mark) ? mark.GetInt32() : 0,
            conn.TryGetProperty("timeout", out JsonElement timeout) ? timeout.GetInt32() : 0,
            Option(conn, 2),
            Option(conn, 3))),
    ];

    private static string Option(JsonElement conn, int type) =>
        conn.TryGetProperty("options", out JsonElement options)
            ? options.EnumerateArray()
                .Where(option => option.GetProperty("type").GetInt32() == type)
                .Select(option => option.GetProperty("data").GetString()!)
                .SingleOrDefault(string.Empty)
            : string.Empty;

    private static List<string> Actual(SyncMessage message)
    {
        var lines = new List<string>();
        SyncMessage.Enumerator entries = message.GetEnumerator();
        while (entries.MoveNext())
        {
            SyncEntry entry = entries.Current;
            lines.Add(string.Join(
                ' ',
                entry.Protocol,
                $"0x{entry.Flags:x}",
                entry.State,
                entry.Client,
                entry.Virtual,
                entry.Server,
                entry.Mark,
                entry.TimeoutSeconds,
                Convert.ToHexString(entries.Engine.Data).ToLowerInvariant(),
                Convert.ToHexString(entries.Engine.Name).ToLowerInvariant()));
        }

        return lines;
    }
}
