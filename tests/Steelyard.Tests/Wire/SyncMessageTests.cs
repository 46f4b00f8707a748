using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>Golden messages: what the sync daemon of Linux 6.1 sent (Data/ipvs/sync).</summary>
public sealed class SyncMessageTests
{
    private const string OneConnection = "0007002c01010000" + Entry;
    private const string Entry =
        "0006002400000000" + "00019c4100501f90" + "0000000000000384" + "0a0000010a0900010a01000b";

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
            bool isVersion1 = decoded.GetProperty("version").GetInt32() == 1;

            bool parsed =
                SyncMessage.TryParse(datagram, 0, out SyncMessage message, out SyncFault fault);

            Assert.Equal(isVersion1, parsed);
            if (!isVersion1)
            {
                Assert.Equal(SyncFault.UnknownVersion, fault);
                continue;
            }

            Assert.Equal(decoded.GetProperty("syncid").GetInt32(), message.SyncId);
            Assert.Equal(Expected(decoded), Actual(message));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Entries_without_options_are_written_as_the_kernel_writes_them(string file)
    {
        foreach (JsonElement golden in Messages(file))
        {
            string hex = golden.GetProperty("payload").GetString()!;
            bool hasOptions = golden.GetProperty("decoded").GetProperty("conns").EnumerateArray()
                .Any(conn => !conn.TryGetProperty("size", out JsonElement size)
                    || size.GetInt32() is not (SyncEntry.Ipv4Length or SyncEntry.Ipv6Length));
            if (hasOptions
                || !SyncMessage.TryParse(
                    Convert.FromHexString(hex), 0, out SyncMessage message, out _))
            {
                continue;
            }

            byte[] written = [.. Enumerable.Repeat((byte)0xA5, 1500)];
            int length = SyncMessage.Begin(written, message.SyncId);
            foreach (SyncEntry entry in message)
            {
                Assert.True(SyncMessage.TryAppend(written, ref length, entry));
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
    [InlineData("0107002c01010000" + Entry, SyncFault.UnknownVersion)]
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
    [InlineData("0200" + "0300", SyncFault.None)]
    [InlineData("7f02aabb", SyncFault.None)] // unknown, but ignorable
    [InlineData("0702aabb", SyncFault.UnknownOption)]
    [InlineData("0203aabb", SyncFault.BadOption)]
    [InlineData("02", SyncFault.BadOption)]
    public void Options_are_skipped_by_their_length(string option, SyncFault expected)
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

    [Fact]
    public void No_cut_and_no_flipped_bit_makes_the_reader_stumble()
    {
        byte[] good = Convert.FromHexString(OneConnection);
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            if (SyncMessage.TryParse(bad, 0, out SyncMessage message, out _))
            {
                Assert.True(Actual(message).Count <= 1);
            }

            _ = SyncMessage.TryParse(bad.AsSpan(0, bit / 8), 0, out _, out _);
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
            conn.GetProperty("fwmark").GetInt32(),
            conn.GetProperty("timeout").GetInt32())),
    ];

    private static List<string> Actual(SyncMessage message)
    {
        var lines = new List<string>();
        foreach (SyncEntry entry in message)
        {
            lines.Add(string.Join(
                ' ',
                entry.Protocol,
                $"0x{entry.Flags:x}",
                entry.State,
                entry.Client,
                entry.Virtual,
                entry.Server,
                entry.Mark,
                entry.TimeoutSeconds));
        }

        return lines;
    }
}
