using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Linq;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Steelyard.Host.Mqtt;

/// <summary>A connection by MQTTnet's client, to any broker that its options name.</summary>
internal sealed class MqttLink : IBrokerLink
{
    // Retained values arrive right behind the subscription's answer; a second without one is the
    // end of them. There is no mark for it in MQTT.
    private static readonly TimeSpan RetainedSilence = TimeSpan.FromSeconds(1);

    // A send fails a moment before it is known why the connection ended.
    private static readonly TimeSpan EndKnown = TimeSpan.FromSeconds(1);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _lost = new();
    private readonly Func<MqttClientOptions> _options;
    private readonly BrokerDialect _dialect;
    private MqttClientConnectResult? _welcome;

    /// <param name="options">Made anew for this link: a password may have changed on disk.</param>
    public MqttLink(Func<MqttClientOptions> options, BrokerDialect dialect)
    {
        _options = options;
        _dialect = dialect;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    public CancellationToken Lost => _lost.Token;

    public LinkEnd End { get; private set; } = LinkEnd.Closed;

    public bool Confirms { get; set; }

    private bool IsV5 => _dialect.First == MqttProtocolVersion.V500;

    public async Task ConnectAsync(CancellationToken cancellation)
    {
        MqttProtocolVersion version = _dialect.First;
        try
        {
            _welcome = await ConnectAsync(version, cancellation);
        }
        catch (OperationCanceledException)
        {
            _dialect.HeardNothing();
            throw;
        }
        catch (Exception failure) when (_dialect.MayFallBack && MayBeVersion(failure))
        {
            version = MqttProtocolVersion.V311;
            try
            {
                _welcome = await ConnectAsync(version, cancellation);
            }
            catch (Exception second) when (second is not BrokerRefusalException)
            {
                throw failure; // It was not the version.
            }
        }

        _dialect.Understood(version);
    }

    /// <summary>
    /// One message is on its way at a time, which is never more than a broker's receive maximum.
    /// </summary>
    public async Task<string?> SendAsync(Outgoing message, CancellationToken cancellation)
    {
        // A state is sent again within a second or so: at most once will do. What is said once,
        // the broker has to acknowledge.
        bool once = !message.IsRetained || message.Payload.IsEmpty;
        bool isConfirmed = (once || Confirms)
            && _welcome!.MaximumQoS > MqttQualityOfServiceLevel.AtMostOnce;
        long bytes = PacketBytes(message, isConfirmed, IsV5);
        if (_welcome!.MaximumPacketSize is > 0 and uint most && bytes > most)
        {
            return $"it has {bytes} bytes, and the broker takes {most}";
        }

        try
        {
            MqttClientPublishResult result = await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = message.Topic,
                    Payload = new ReadOnlySequence<byte>(message.Payload),
                    Retain = message.IsRetained && _welcome.RetainAvailable,
                    QualityOfServiceLevel = isConfirmed
                        ? MqttQualityOfServiceLevel.AtLeastOnce
                        : MqttQualityOfServiceLevel.AtMostOnce,
                },
                cancellation);
            return result.IsSuccess
                ? null
                : RefusalText.Of((int)result.ReasonCode, result.ReasonString);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await Task.Delay(EndKnown, _lost.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
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

    /// <summary>Bytes of a PUBLISH on the wire. MQTT 5 §3.3, MQTT 3.1.1 §3.3.</summary>
    internal static long PacketBytes(in Outgoing message, bool isConfirmed, bool isV5)
    {
        const int TopicLength = 2;
        const int PacketId = 2;
        const int NoProperties = 1;
        long body = TopicLength + Encoding.UTF8.GetByteCount(message.Topic)
            + (isConfirmed ? PacketId : 0) + (isV5 ? NoProperties : 0) + message.Payload.Length;
        int lengthBytes = body < 1 << 7 ? 1 : body < 1 << 14 ? 2 : body < 1 << 21 ? 3 : 4;
        return 1 + lengthBytes + body;
    }

    private async Task<MqttClientConnectResult> ConnectAsync(
        MqttProtocolVersion version, CancellationToken cancellation)
    {
        MqttClientOptions options = _options();
        options.ProtocolVersion = version;
        MqttClientConnectResult result = await _client.ConnectAsync(options, cancellation);
        return result.ResultCode == MqttClientConnectResultCode.Success
            ? result
            : throw new BrokerRefusalException((int)result.ResultCode, result.ReasonString);
    }

    /// <summary>
    /// A broker that does not know version 5 says so, or only hangs up. A host that is not there,
    /// or that is not believed, was not even asked.
    /// </summary>
    private static bool MayBeVersion(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            switch (failure)
            {
                case BrokerRefusalException refusal:
                    return RefusalText.IsVersion(refusal.Code);
                case AuthenticationException or OperationCanceledException:
                case SocketException { SocketErrorCode: not SocketError.ConnectionReset }:
                    return false;
            }
        }

        return true;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs happening)
    {
        if (!happening.ClientWasConnected)
        {
            return Task.CompletedTask; // A try that failed, and another may follow.
        }

        int code = (int)happening.Reason;
        End = code == 0
            ? LinkEnd.Closed
            : new(
                RefusalText.Of(code, happening.ReasonString),
                happening.Reason == MqttClientDisconnectReason.SessionTakenOver);
        return _lost.CancelAsync();
    }
}
