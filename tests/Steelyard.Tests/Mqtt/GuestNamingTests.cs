using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

/// <summary>Packets are those of MQTT 3.1.1 §3.1, octet by octet.</summary>
public sealed class GuestNamingTests
{
    // CONNECT, 12 octets: "MQTT", level 4, clean session, keep-alive 60, an empty client id.
    private static readonly byte[] Nameless =
        [0x10, 12, 0, 4, .. "MQTT"u8, 4, 0x02, 0, 60, 0, 0];

    private static readonly byte[] Named =
        [0x10, 17, 0, 4, .. "MQTT"u8, 4, 0x02, 0, 60, 0, 5, .. "guest"u8];

    private static readonly byte[] Subscribe = [0x82, 6, 0, 1, 0, 1, (byte)'#', 0];

    [Fact]
    public async Task A_client_without_a_name_gets_one_and_what_follows_is_untouched()
    {
        byte[] seen = await ThroughAsync([.. Nameless, .. Subscribe]);

        Assert.Equal<byte>([.. Named, .. Subscribe], seen);
    }

    [Fact]
    public async Task It_does_so_however_the_octets_come()
    {
        byte[] seen = await ThroughAsync([.. Nameless, .. Subscribe], atOnce: 1);

        Assert.Equal<byte>([.. Named, .. Subscribe], seen);
    }

    /// <summary>The length takes two octets when the name is in: 120 + 5 + 12 > 127.</summary>
    [Fact]
    public async Task The_length_grows_with_the_name()
    {
        byte[] connect =
            [0x10, 126, 0, 4, .. "MQTT"u8, 4, 0x02, 0, 60, 0, 0, .. new byte[114]];

        byte[] seen = await ThroughAsync(connect);

        Assert.Equal<byte>(
            [0x10, 0x83, 0x01, 0, 4, .. "MQTT"u8, 4, 0x02, 0, 60, 0, 5, .. "guest"u8,
                .. new byte[114]],
            seen);
    }

    public static TheoryData<byte[]> Others() =>
    [
        Named,
        [0x10, 13, 0, 4, .. "MQTT"u8, 5, 0x02, 0, 60, 0, 0, 0], // MQTT 5: the server's own matter.
        [0x10, 12, 0, 4, .. "MQTT"u8, 4, 0x00, 0, 60, 0, 0], // It wants its session kept: §3.1.3.1.
        [0x10, 14, 0, 6, .. "MQIsdp"u8, 3, 0x02, 0, 60, 0, 0], // MQTT 3.1 knows no empty id.
        Subscribe,
        [0x10, 12, 0, 4, .. "MQ"u8], // Cut off.
        [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x10],
        [],
    ];

    [Theory]
    [MemberData(nameof(Others))]
    public async Task All_else_passes_as_it_is(byte[] octets)
    {
        byte[] atOnce = await ThroughAsync(octets);
        byte[] oneByOne = await ThroughAsync(octets, atOnce: 1);

        Assert.Equal(octets, atOnce);
        Assert.Equal(octets, oneByOne);
    }

    /// <summary>Every beginning of it, and then the end: the reader comes to that end.</summary>
    [Fact]
    public async Task A_connection_that_ends_within_its_first_packet_ends()
    {
        for (int length = 0; length < Nameless.Length; length++)
        {
            byte[] part = Nameless[..length];
            byte[] seen = await ThroughAsync(part, atOnce: 1);
            Assert.Equal(part, seen);
        }
    }

    /// <summary>Reads as a server does: looks at all, consumes what there is.</summary>
    private static async Task<byte[]> ThroughAsync(byte[] octets, int atOnce = int.MaxValue)
    {
        Pipe wire = new();
        GuestNaming naming = new(wire.Reader, () => "guest");
        ArrayBufferWriter<byte> seen = new();
        Task reading = Task.Run(async () =>
        {
            while (true)
            {
                ReadResult result = await naming.ReadAsync();
                foreach (ReadOnlyMemory<byte> part in result.Buffer)
                {
                    seen.Write(part.Span);
                }

                naming.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted && result.Buffer.IsEmpty)
                {
                    return;
                }
            }
        });
        for (int from = 0; from < octets.Length; from += Math.Min(atOnce, octets.Length - from))
        {
            int to = from + Math.Min(atOnce, octets.Length - from);
            await wire.Writer.WriteAsync(octets.AsMemory(from..to));
        }

        await wire.Writer.CompleteAsync();
        await reading;
        return seen.WrittenSpan.ToArray();
    }
}
