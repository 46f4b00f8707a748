using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Protocol;

namespace Steelyard.Host.Mqtt;

/// <summary>A connection by MQTTnet's client, to any broker that its options name.</summary>
internal sealed class MqttLink : IBrokerLink
{
    // Retained values arrive right behind the subscription's answer; a second without one is the
    // end of them. There is no mark for it in MQTT.
    private static readonly TimeSpan RetainedSilence = TimeSpan.FromSeconds(1);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _lost = new();
    private readonly Func<MqttClientOptions> _options;

    /// <param name="options">Made anew for this link: a password may have changed on disk.</param>
    public MqttLink(Func<MqttClientOptions> options)
    {
        _options = options;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    public CancellationToken Lost => _lost.Token;

    public async Task ConnectAsync(CancellationToken cancellation)
    {
        MqttClientConnectResult result = await _client.ConnectAsync(_options(), cancellation);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new InvalidOperationException($"the broker answered {result.ResultCode}");
        }
    }

    public async Task<string?> SendAsync(Outgoing message, CancellationToken cancellation)
    {
        // A state is sent again within a second or so: at most once will do. What is said once,
        // the broker has to acknowledge.
        bool once = !message.IsRetained || message.Payload.IsEmpty;
        MqttClientPublishResult result = await _client.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = message.Topic,
                Payload = new ReadOnlySequence<byte>(message.Payload),
                Retain = message.IsRetained,
                QualityOfServiceLevel = once
                    ? MqttQualityOfServiceLevel.AtLeastOnce
                    : MqttQualityOfServiceLevel.AtMostOnce,
            },
            cancellation);
        return result.IsSuccess ? null : result.ReasonCode.ToString();
    }

    public Task PartAsync(CancellationToken cancellation) =>
        _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);

    public async Task<string[]> ListRetainedAsync(string filter, CancellationToken cancellation)
    {
        ConcurrentDictionary<string, bool> topics = new(StringComparer.Ordinal);
        long arrived = 0;
        Task Note(MqttApplicationMessageReceivedEventArgs heard)
        {
            if (heard.ApplicationMessage.Retain)
            {
                topics[heard.ApplicationMessage.Topic] = true;
                Interlocked.Increment(ref arrived);
            }

            return Task.CompletedTask;
        }

        _client.ApplicationMessageReceivedAsync += Note;
        try
        {
            await _client.SubscribeAsync(filter, cancellationToken: cancellation);
            long seen;
            do
            {
                seen = Interlocked.Read(ref arrived);
                await Task.Delay(RetainedSilence, cancellation);
            }
            while (Interlocked.Read(ref arrived) != seen);
            await _client.UnsubscribeAsync(filter, cancellation);
            return topics.Keys.ToArray();
        }
        finally
        {
            _client.ApplicationMessageReceivedAsync -= Note;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.DisconnectedAsync -= OnDisconnectedAsync;
        _client.Dispose();
        await _lost.CancelAsync();
        _lost.Dispose();
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs happening) =>
        _lost.CancelAsync();
}
