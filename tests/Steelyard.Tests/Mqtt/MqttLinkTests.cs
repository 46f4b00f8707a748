using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Formatter;
using Steelyard.Core.Configuration;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

/// <summary>The box as a client of brokers that answer by what was written down for them.</summary>
public sealed class MqttLinkTests
{
    private static readonly byte[] Welcome311 = [0x20, 2, 0, 0];

    /// <summary>MQTT 5 §3.2.2.3.6: a maximum packet size of 64 octets.</summary>
    private static readonly byte[] WelcomeTo64Octets =
        [0x20, 8, 0, 0, 5, 0x27, 0, 0, 0, 64];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_of_3_1_1_alone_is_reached_whether_it_says_so_or_hangs_up(bool says)
    {
        ScriptedBroker broker = new(says ? [0x20, 2, 0, 1] : [], Welcome311);
        BrokerDialect dialect = new(MqttVersion.Any);
        await using MqttLink link = new(() => Options(broker), dialect);

        await link.ConnectAsync(CancellationToken.None);

        Assert.Equal(MqttProtocolVersion.V311, dialect.First);
        Assert.Equal([5, 4], broker.LevelsAsked);
    }

    [Fact]
    public async Task A_version_that_the_configuration_fixes_is_the_only_one_asked_for()
    {
        ScriptedBroker broker = new([0x20, 2, 0, 1], Welcome311);
        await using MqttLink link = new(() => Options(broker), new(MqttVersion.V5));

        BrokerRefusalException no = await Assert.ThrowsAsync<BrokerRefusalException>(
            () => link.ConnectAsync(CancellationToken.None));

        Assert.Equal("the broker does not speak this version of MQTT", no.Message);
        Assert.Equal([5], broker.LevelsAsked);
    }

    /// <summary>0x86: bad user name or password. MQTT 5 §3.2.2.2.</summary>
    [Fact]
    public async Task A_refusal_is_told_in_words_and_not_asked_about_in_another_version()
    {
        ScriptedBroker broker = new([0x20, 3, 0, 0x86, 0], Welcome311);
        await using MqttLink link = new(() => Options(broker), new(MqttVersion.Any));

        BrokerRefusalException no = await Assert.ThrowsAsync<BrokerRefusalException>(
            () => link.ConnectAsync(CancellationToken.None));

        Assert.Equal("the user name or the password is wrong", no.Message);
        Assert.Equal([5], broker.LevelsAsked);
    }

    [Fact]
    public async Task A_message_beyond_the_broker_s_maximum_is_not_sent()
    {
        ScriptedBroker broker = new(WelcomeTo64Octets);
        await using MqttLink link = new(() => Options(broker), new(MqttVersion.Any));
        await link.ConnectAsync(CancellationToken.None);

        string? small = await link.SendAsync(Value(53), CancellationToken.None);
        string? large = await link.SendAsync(Value(54), CancellationToken.None);

        Assert.Null(small); // 2 + 2 + 6 + 1 + 53 = 64.
        Assert.Equal("it has 65 bytes, and the broker takes 64", large);
    }

    /// <summary>The remaining length has a second octet from 128 on. MQTT 5 §1.5.5.</summary>
    [Theory]
    [InlineData(0, false, true, 11)]
    [InlineData(0, false, false, 10)]
    [InlineData(0, true, true, 13)]
    [InlineData(118, false, true, 129)]
    [InlineData(119, false, true, 131)]
    [InlineData(16_374, false, true, 16_386)]
    [InlineData(16_375, false, true, 16_388)]
    public void A_publish_is_as_long_as_on_the_wire(
        int payload, bool isConfirmed, bool isV5, long bytes) =>
        Assert.Equal(bytes, MqttLink.PacketBytes(Value(payload), isConfirmed, isV5));

    [Fact]
    public void A_broker_that_is_silent_to_one_version_is_asked_by_the_other()
    {
        BrokerDialect dialect = new(MqttVersion.Any);
        BrokerDialect fixedOne = new(MqttVersion.V311);

        dialect.HeardNothing();
        fixedOne.HeardNothing();

        Assert.Equal(MqttProtocolVersion.V311, dialect.First);
        Assert.Equal(MqttProtocolVersion.V311, fixedOne.First);
        dialect.HeardNothing();
        Assert.Equal(MqttProtocolVersion.V500, dialect.First);
    }

    [Theory]
    [InlineData(0x87, null, "the broker does not let this user in, or not do this")]
    [InlineData(0x87, "not\u001byou", "the broker does not let this user in, or not do this (")]
    [InlineData(0xEE, null, "the broker gives reason 0xEE")]
    public void A_reason_is_in_words(int code, string? words, string sentence)
    {
        string said = RefusalText.Of(code, words);

        Assert.StartsWith(sentence, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', said);
    }

    private static Outgoing Value(int bytes) => new("a/b/c/", new byte[bytes], IsRetained: true);

    private static MqttClientOptions Options(IMqttClientStreamProvider broker) =>
        new MqttClientOptionsBuilder()
            .WithEndPoint(new DnsEndPoint("broker", 0))
            .WithStreamProvider(broker)
            .WithClientId("box")
            .WithTryPrivate(false)
            .Build();

    /// <summary>Answers each CONNECT by the next of its lines; an empty one hangs up.</summary>
    private sealed class ScriptedBroker(params byte[][] answers) : IMqttClientStreamProvider
    {
        private const int LevelOffset = 8; // Fixed header of 2, "MQTT" with its length.

        private int _asked;

        public ConcurrentQueue<int> LevelsAsked { get; } = [];

        public Task<Stream> ConnectAsync(EndPoint remoteEndPoint, CancellationToken cancellation)
        {
            byte[] answer = answers[_asked++];
            return Task.FromResult<Stream>(new Talk(answer, LevelsAsked.Enqueue));
        }

        /// <summary>One connection: the answer, and then silence, or its end.</summary>
        private sealed class Talk(byte[] answer, Action<int> onLevel) : Stream
        {
            private readonly TaskCompletionSource _asked =
                new(TaskCreationOptions.RunContinuationsAsynchronously);

            private int _given;

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => true;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override async ValueTask<int> ReadAsync(
                Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                await _asked.Task.WaitAsync(cancellationToken);
                if (_given == answer.Length)
                {
                    if (answer.Length == 0)
                    {
                        return 0;
                    }

                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }

                int count = Math.Min(buffer.Length, answer.Length - _given);
                answer.AsMemory(_given, count).CopyTo(buffer);
                _given += count;
                return count;
            }

            public override Task<int> ReadAsync(
                byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
                ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

            public override ValueTask WriteAsync(
                ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (!_asked.Task.IsCompleted && buffer.Length > LevelOffset)
                {
                    onLevel(buffer.Span[LevelOffset]);
                    _asked.TrySetResult();
                }

                return ValueTask.CompletedTask;
            }

            public override Task WriteAsync(
                byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
                WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

            public override int Read(byte[] buffer, int offset, int count) =>
                throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) =>
                throw new NotSupportedException();

            public override void Flush()
            {
            }

            public override Task FlushAsync(CancellationToken cancellationToken) =>
                Task.CompletedTask;

            public override long Seek(long offset, SeekOrigin origin) =>
                throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }
}
