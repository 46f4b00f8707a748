using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.AspNetCore;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

/// <summary>
/// A client that goes away within a packet is gone, wherever it was: MQTT 5.0 §4.13.1. Each kind
/// that a client may send is a whole packet here, written by hand, for either version of MQTT.
/// </summary>
public sealed class BrokenOffPacketTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EmbeddedBroker _broker = new(
        new() { PacketBytesMost = 4096 }, NullLogger<EmbeddedBroker>.Instance);

    /// <summary>Packet kind, version, bytes in hexadecimal.</summary>
    public static TheoryData<string, byte, string> Packets { get; } = new()
    {
        { "PUBLISH", 4, "30 05 0001 61 7879" },
        { "PUBLISH, acknowledged", 5, "32 07 0001 61 0001 00 78" },
        { "PUBLISH, once", 5, "34 07 0001 61 0001 00 78" },
        { "PUBACK", 5, "40 04 0001 00 00" },
        { "PUBREC", 5, "50 04 0001 00 00" },
        { "PUBREL", 5, "62 04 0001 00 00" },
        { "PUBCOMP", 5, "70 04 0001 00 00" },
        { "SUBSCRIBE", 4, "82 06 0001 0001 61 00" },
        { "SUBSCRIBE", 5, "82 07 0001 00 0001 61 00" },
        { "UNSUBSCRIBE", 4, "a2 05 0001 0001 61" },
        { "UNSUBSCRIBE", 5, "a2 06 0001 00 0001 61" },
        { "PINGREQ", 4, "c0 00" },
        { "DISCONNECT", 5, "e0 02 04 00" },
        { "AUTH", 5, "f0 02 18 00" },
        { "a length that goes on", 5, "82 ff ff ff" },
    };

    public Task InitializeAsync() => _broker.StartAsync();

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Packets))]
    public async Task Every_beginning_of_a_packet_and_a_close_is_the_end(
        string kind, byte version, string text)
    {
        byte[] packet = Bytes(text);
        for (int length = 0; length <= packet.Length; length++)
        {
            await EndsAsync($"{length} bytes of {kind}", Connect(version), packet[..length]);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Every_beginning_of_a_first_packet_and_a_close_is_the_end(byte version)
    {
        byte[] packet = Connect(version);
        for (int length = 0; length < packet.Length; length++)
        {
            await EndsAsync($"{length} bytes of CONNECT", packet[..length]);
        }
    }

    /// <summary>In one piece with what comes before it, which is served first.</summary>
    [Fact]
    public async Task A_beginning_that_comes_behind_a_whole_packet_is_no_other() =>
        await EndsAsync(
            "behind others",
            [.. Connect(5), .. Bytes("c0 00"), .. Bytes("82 07 0001 00")]);

    /// <summary>The box's own way in is a connection like others.</summary>
    [Fact]
    public async Task The_end_is_the_end_of_a_reader_that_is_asked_again()
    {
        Pipe pipe = new();
        BoundedPacketReader reader = new(pipe.Reader, int.MaxValue);
        await pipe.Writer.WriteAsync(Bytes("82 07 00"));
        await pipe.Writer.CompleteAsync();
        ReadResult first = await reader.ReadAsync();
        reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await reader.ReadAsync());
        Assert.Throws<InvalidDataException>(() => reader.TryRead(out _));
    }

    private async Task EndsAsync(string what, params byte[][] pieces)
    {
        DuplexPipe.DuplexPipePair pipes = DuplexPipe.CreateConnectionPair(
            PipeOptions.Default, PipeOptions.Default);
        DefaultConnectionContext connection = new("outside", pipes.Transport, pipes.Application)
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1),
        };
        Task serving = _broker.OnConnectedAsync(connection);
        foreach (byte[] piece in pieces)
        {
            await pipes.Application.Output.WriteAsync(piece);
        }

        await pipes.Application.Output.CompleteAsync();

        Task first = await Task.WhenAny(serving, Task.Delay(Patience));
        Assert.True(first == serving, $"{what}: the session goes on");
        Assert.Equal(0, _broker.Connections);
    }

    /// <summary>A session that is clean, without an end by silence, of the client "half".</summary>
    private static byte[] Connect(byte version) => version == 5
        ? Bytes("10 11 0004 4d515454 05 02 0000 00 0004 68616c66")
        : Bytes("10 10 0004 4d515454 04 02 0000 0004 68616c66");

    private static byte[] Bytes(string text) =>
        Convert.FromHexString(text.Replace(" ", string.Empty, StringComparison.Ordinal));
}
