using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.AspNetCore;
using MQTTnet.Channel;
using MQTTnet.Protocol;
using Steelyard.Core.Configuration;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Mqtt;
using BoxTelemetry = Steelyard.Host.Mqtt.Telemetry;

namespace Steelyard.Tests.Mqtt;

/// <summary>The broker over pipes in memory: the same packets, and no network.</summary>
public sealed class EmbeddedBrokerTests : IAsyncLifetime
{
    private static readonly BrokerAccount Account = new("lab", "secret");

    private readonly List<IMqttClient> _clients = [];
    private readonly EmbeddedBroker _broker = NewBroker();

    public Task InitializeAsync() => _broker.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (IMqttClient client in _clients)
        {
            await client.TryDisconnectAsync();
            client.Dispose();
        }

        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_guest_hears_what_the_box_says()
    {
        IMqttClient box = await BoxAsync();
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync();

        await box.PublishStringAsync("steelyard/left/state", "{}", retain: true);

        Assert.Equal("steelyard/left/state={}", await ReadAsync(heard));
    }

    [Fact]
    public async Task A_guest_may_not_publish()
    {
        (IMqttClient guest, ChannelReader<string> heard) = await ListenerAsync();

        MqttClientPublishResult result = await guest.PublishStringAsync(
            "steelyard/left/state", "lie", MqttQualityOfServiceLevel.AtLeastOnce);

        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, result.ReasonCode);
        await (await BoxAsync()).PublishStringAsync("steelyard/left/state", "truth");
        Assert.Equal("steelyard/left/state=truth", await ReadAsync(heard));
    }

    /// <summary>As mosquitto_sub is without -i.</summary>
    [Fact]
    public async Task Guests_of_MQTT_3_1_1_without_a_client_id_are_served_side_by_side()
    {
        IMqttClient box = await BoxAsync();
        Channel<string> heard = Channel.CreateUnbounded<string>();
        for (int guest = 1; guest <= 2; guest++)
        {
            IMqttClient client = await ConnectAsync(Guest(new OutsideWay(_broker))
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
                .WithClientId(string.Empty)
                .WithCleanSession());
            client.ApplicationMessageReceivedAsync += message =>
            {
                heard.Writer.TryWrite(message.ApplicationMessage.Topic);
                return Task.CompletedTask;
            };
            await client.SubscribeAsync("steelyard/#");
        }

        await box.PublishStringAsync("steelyard/left/state", "{}");

        Assert.Equal("steelyard/left/state", await ReadAsync(heard.Reader));
        Assert.Equal("steelyard/left/state", await ReadAsync(heard.Reader));
    }

    [Fact]
    public async Task The_last_will_of_a_guest_is_not_carried_out()
    {
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync();
        OutsideWay way = new(_broker);
        await ConnectAsync(Guest(way).WithWillTopic("steelyard/left/x").WithWillPayload("lie"));

        way.Cut();

        await (await BoxAsync()).PublishStringAsync("steelyard/left/state", "truth");
        Assert.Equal("steelyard/left/state=truth", await ReadAsync(heard));
    }

    [Fact]
    public async Task An_account_may_publish_and_its_last_will_is_carried_out()
    {
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync();
        OutsideWay way = new(_broker);
        IMqttClient box = await ConnectAsync(
            Guest(way).WithCredentials(Account.UserName, Account.Password)
                .WithClientId("steelyard-right")
                .WithWillTopic("steelyard/right/availability").WithWillPayload("offline"));
        await box.PublishStringAsync("steelyard/right/availability", "online");

        way.Cut();

        Assert.Equal("steelyard/right/availability=online", await ReadAsync(heard));
        Assert.Equal("steelyard/right/availability=offline", await ReadAsync(heard));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        MqttClientConnectResult result = await TryConnectAsync(
            Guest(new OutsideWay(_broker)).WithCredentials("lab", "Secret"));

        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, result.ResultCode);
    }

    [Fact]
    public async Task A_guest_cannot_take_the_boxs_place()
    {
        MqttClientConnectResult result = await TryConnectAsync(
            Guest(new OutsideWay(_broker)).WithClientId("steelyard-left"));

        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, result.ResultCode);
    }

    [Fact]
    public async Task A_packet_that_is_too_long_ends_the_connection()
    {
        (IMqttClient guest, ChannelReader<string> _) = await ListenerAsync();
        TaskCompletionSource ended = new();
        guest.DisconnectedAsync += _ =>
        {
            ended.SetResult();
            return Task.CompletedTask;
        };

        Task publishing = guest.PublishBinaryAsync(
            "x", new byte[20_000], MqttQualityOfServiceLevel.AtLeastOnce);

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        // The client may take the end for an answer, or throw: either way it is out.
        await publishing.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext
            | ConfigureAwaitOptions.SuppressThrowing);
        Assert.False(guest.IsConnected);
    }

    [Fact]
    public async Task Connections_have_a_bound_and_a_free_place_is_used_again()
    {
        List<OutsideWay> ways = [];
        for (int index = 0; index < 3; index++)
        {
            ways.Add(new(_broker));
            await ConnectAsync(Guest(ways[index]));
        }

        await Assert.ThrowsAnyAsync<Exception>(
            () => TryConnectAsync(Guest(new OutsideWay(_broker))));
        ways[0].Cut();
        await ways[0].Ended;

        await ConnectAsync(Guest(new OutsideWay(_broker)));
        Assert.Equal(3, _broker.Connections);
    }

    [Fact]
    public async Task Subscriptions_have_a_bound_and_no_guest_gets_acknowledged_delivery()
    {
        IMqttClient guest = await ConnectAsync(Guest(new OutsideWay(_broker)));

        MqttClientSubscribeResult first = await guest.SubscribeAsync(
            "a", MqttQualityOfServiceLevel.ExactlyOnce);
        await guest.SubscribeAsync("b");
        MqttClientSubscribeResult third = await guest.SubscribeAsync("c");

        Assert.Equal(
            MqttClientSubscribeResultCode.GrantedQoS0, Assert.Single(first.Items).ResultCode);
        Assert.Equal(
            MqttClientSubscribeResultCode.QuotaExceeded, Assert.Single(third.Items).ResultCode);
    }

    /// <summary>The whole of telemetry over the embedded broker, by its own way in.</summary>
    [Fact]
    public async Task Telemetry_publishes_pictures_and_events_to_its_own_broker()
    {
        // Port 1 of an address that is nobody's: the plain listener finds no place, and that
        // must not matter.
        ApplianceConfig config = new()
        {
            Telemetry = new()
            {
                EmbeddedListen = new(IpAddress.FromIpv4(0xC000_0201), 1), // 192.0.2.1
            },
        };
        await using BoxTelemetry telemetry = new(config, "left", NullLoggerFactory.Instance);
        await telemetry.ReconfigureAsync(config);
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync(telemetry.Broker);

        telemetry.Publish(Pictures.Box(10));
        telemetry.Publish(new BoxEvent(EventSeverity.Information, "role", "outside", "It is."));

        List<string> wanted =
        [
            "steelyard/left/availability", "steelyard/left/state", "steelyard/left/event",
            "steelyard/left/events", "steelyard/left/rates", "steelyard/left/router/outside/state",
        ];
        while (wanted.Count > 0)
        {
            wanted.Remove((await ReadAsync(heard)).Split('=')[0]);
        }

        Assert.True(telemetry.IsConnected);
        Assert.Equal(0, telemetry.Dropped);
    }

    /// <summary>A box that dies says nothing more; its last will says it, and stays.</summary>
    [Fact]
    public async Task The_boxs_own_last_will_says_that_it_is_offline()
    {
        await using BoxTelemetry telemetry =
            new(new ApplianceConfig(), "left", NullLoggerFactory.Instance);
        await telemetry.Broker.StartAsync();
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync(telemetry.Broker);
        MqttLink link = new(telemetry.OptionsInside, new(MqttVersion.V5));
        await link.ConnectAsync(CancellationToken.None);

        await link.DisposeAsync();

        Assert.Equal("steelyard/left/availability=offline", await ReadAsync(heard));
        (IMqttClient _, ChannelReader<string> later) = await ListenerAsync(telemetry.Broker);
        Assert.Equal("steelyard/left/availability=offline", await ReadAsync(later));
    }

    [Fact]
    public async Task A_box_that_parts_in_peace_leaves_the_last_word_to_itself()
    {
        await using BoxTelemetry telemetry =
            new(new ApplianceConfig(), "left", NullLoggerFactory.Instance);
        await telemetry.Broker.StartAsync();
        (IMqttClient _, ChannelReader<string> heard) = await ListenerAsync(telemetry.Broker);
        MqttLink link = new(telemetry.OptionsInside, new(MqttVersion.V5));
        await link.ConnectAsync(CancellationToken.None);

        await link.PartAsync(CancellationToken.None);
        await link.DisposeAsync();

        MqttLink next = new(telemetry.OptionsInside, new(MqttVersion.V5));
        await next.ConnectAsync(CancellationToken.None);
        Assert.Null(await next.SendAsync(
            new("steelyard/left/state", "{}"u8.ToArray(), IsRetained: true),
            CancellationToken.None));
        Assert.Equal("steelyard/left/state={}", await ReadAsync(heard));
        await next.PartAsync(CancellationToken.None);
        await next.DisposeAsync();
    }

    private static EmbeddedBroker NewBroker() => new(
        new()
        {
            ConnectionsMost = 3,
            PacketBytesMost = 4096,
            SubscriptionsMost = 2,
            Publisher = Account,
        },
        NullLogger<EmbeddedBroker>.Instance);

    private async Task<IMqttClient> BoxAsync() => await ConnectAsync(
        new MqttClientOptionsBuilder()
            .WithEndPoint(new DnsEndPoint("inside", 0))
            .WithStreamProvider(_broker)
            .WithClientId("steelyard-left"));

    private async Task<(IMqttClient Client, ChannelReader<string> Heard)> ListenerAsync(
        EmbeddedBroker? broker = null)
    {
        Channel<string> heard = Channel.CreateUnbounded<string>();
        IMqttClient client = await ConnectAsync(Guest(new OutsideWay(broker ?? _broker)));
        client.ApplicationMessageReceivedAsync += message =>
        {
            string text = message.ApplicationMessage.ConvertPayloadToString();
            heard.Writer.TryWrite($"{message.ApplicationMessage.Topic}={text}");
            return Task.CompletedTask;
        };
        await client.SubscribeAsync("steelyard/#");
        return (client, heard.Reader);
    }

    private static MqttClientOptionsBuilder Guest(OutsideWay way) => new MqttClientOptionsBuilder()
        .WithEndPoint(new DnsEndPoint("outside", 0))
        .WithStreamProvider(way)
        .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500);

    private async Task<IMqttClient> ConnectAsync(MqttClientOptionsBuilder options)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        _clients.Add(client);
        MqttClientConnectResult result = await client.ConnectAsync(options.Build());
        Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
        return client;
    }

    private static async Task<MqttClientConnectResult> TryConnectAsync(
        MqttClientOptionsBuilder options)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        return await client.ConnectAsync(options.Build());
    }

    private static async Task<string> ReadAsync(ChannelReader<string> heard)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        return await heard.ReadAsync(patience.Token);
    }

    /// <summary>A connection as it comes from a network, over a pipe.</summary>
    private sealed class OutsideWay(EmbeddedBroker broker) : IMqttClientStreamProvider
    {
        private readonly DuplexPipe.DuplexPipePair _pipes = DuplexPipe.CreateConnectionPair(
            PipeOptions.Default, PipeOptions.Default);

        public Task Ended { get; private set; } = Task.CompletedTask;

        public Task<Stream> ConnectAsync(
            EndPoint remoteEndPoint, CancellationToken cancellationToken)
        {
            DefaultConnectionContext connection = new(
                "outside", _pipes.Transport, _pipes.Application)
            {
                RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1),
            };
            IDuplexPipe transport = _pipes.Transport;
            Ended = ServeAsync(connection, transport);
            return Task.FromResult<Stream>(new PipePairStream(_pipes.Application));
        }

        public void Cut()
        {
            _pipes.Application.Input.Complete();
            _pipes.Application.Output.Complete();
        }

        private async Task ServeAsync(DefaultConnectionContext connection, IDuplexPipe transport)
        {
            try
            {
                await broker.OnConnectedAsync(connection);
            }
            finally
            {
                await transport.Input.CompleteAsync();
                await transport.Output.CompleteAsync();
            }
        }
    }
}
