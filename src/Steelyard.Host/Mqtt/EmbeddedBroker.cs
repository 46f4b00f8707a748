using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using MQTTnet.Channel;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Steelyard.Host.Listening;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// The broker inside the program. Whoever reaches it may listen; only the box itself, over a pipe
/// inside the process, and an account if there is one, may speak. It needs no port to work: the
/// dashboard's WebSocket and <see cref="BrokerListener"/> bring it clients from outside.
/// </summary>
public sealed class EmbeddedBroker : ConnectionHandler, IMqttClientStreamProvider,
    IAsyncDisposable
{
    private const string MayPublish = "steelyard.may-publish";
    private const string Subscriptions = "steelyard.subscriptions";

    // A page that is loaded asks for a connection at once; one that says nothing is hung up on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly InsideEndPoint Inside = new();

    private readonly EmbeddedBrokerOptions _options;
    private readonly ILogger _log;
    private readonly MqttConnectionHandler _handler = new();
    private readonly MqttServer _server;
    private readonly ConnectionQuota _places;
    private readonly Seldom _full = new(TimeProvider.System);

    public EmbeddedBroker(EmbeddedBrokerOptions options, ILogger<EmbeddedBroker> log)
    {
        _options = options;
        _places = new(options.ConnectionsMost, options.ConnectionsOfOneMost);
        _log = log;
        MqttServerOptions serverOptions = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithPersistentSessions(false)
            .WithDefaultCommunicationTimeout(Patience)
            .WithPendingMessagesOverflowStrategy(
                MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
            .Build();
        _server = new(serverOptions, [_handler], new MqttNetNullLogger());
        _server.ValidatingConnectionAsync += ValidateAsync;
        _server.InterceptingPublishAsync += FilterPublishAsync;
        _server.InterceptingSubscriptionAsync += FilterSubscriptionAsync;
    }

    /// <summary>Connections from outside, now.</summary>
    public int Connections => _places.Count;

    /// <summary>Name of the box that it is inside of, if it has one.</summary>
    public string? Box => _options.Box;

    public Task StartAsync() => _server.StartAsync();

    /// <summary>Serves a connection from the network until its end.</summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        EndPoint? remote = connection.RemoteEndPoint;
        ConnectionQuota.Answer answer = _places.Enter(remote);
        if (answer != ConnectionQuota.Answer.Welcome)
        {
            SayFull(answer, remote);
            return;
        }

        try
        {
            Bound(connection, _options.PacketBytesMost);
            connection.Transport = new DuplexPipe(
                new GuestNaming(connection.Transport.Input, NewGuest),
                connection.Transport.Output);
            await _handler.OnConnectedAsync(connection);
        }
        finally
        {
            _places.Leave(remote);
        }
    }

    private static void Bound(ConnectionContext connection, int packetBytesMost) =>
        connection.Transport = new DuplexPipe(
            new BoundedPacketReader(connection.Transport.Input, packetBytesMost),
            connection.Transport.Output);

    private void SayFull(ConnectionQuota.Answer answer, EndPoint? remote)
    {
        if (!_full.May())
        {
            return;
        }

        if (answer == ConnectionQuota.Answer.Full)
        {
            Log.BrokerFull(_log, _options.ConnectionsMost);
        }
        else
        {
            Log.BrokerAddressFull(_log, _options.ConnectionsOfOneMost, remote);
        }
    }

    /// <summary>The box's own way in: a pipe, and no port.</summary>
    Task<Stream> IMqttClientStreamProvider.ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        DuplexPipe.DuplexPipePair pipes = DuplexPipe.CreateConnectionPair(
            PipeOptions.Default, PipeOptions.Default);
        DefaultConnectionContext connection = new("inside", pipes.Transport, pipes.Application)
        {
            RemoteEndPoint = Inside,
        };
        _ = ServeInsideAsync(connection);
        return Task.FromResult<Stream>(new PipePairStream(pipes.Application));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsStarted)
        {
            await _server.StopAsync();
        }

        _server.Dispose();
        _handler.Dispose();
    }

    private async Task ServeInsideAsync(ConnectionContext connection)
    {
        try
        {
            // As long as the box likes, but it too may break off within a packet.
            Bound(connection, int.MaxValue);
            await _handler.OnConnectedAsync(connection);
        }
        finally
        {
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
            await connection.DisposeAsync();
        }
    }

    private Task ValidateAsync(ValidatingConnectionEventArgs asking)
    {
        bool isInside = ReferenceEquals(asking.RemoteEndPoint, Inside);
        if (isInside)
        {
            asking.SessionItems[MayPublish] = true;
        }
        else if (string.IsNullOrEmpty(asking.UserName))
        {
            KeepFromOwnName(asking);
        }
        else if (IsPublisher(asking))
        {
            asking.SessionItems[MayPublish] = true;
        }
        else
        {
            asking.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        }

        if (string.IsNullOrEmpty(asking.ClientId))
        {
            asking.AssignedClientIdentifier = NewGuest();
        }

        return Task.CompletedTask;
    }

    private static string NewGuest() => string.Create(
        CultureInfo.InvariantCulture, $"guest-{RandomNumberGenerator.GetHexString(16)}");

    /// <summary>
    /// A client that takes another's id takes its place: no guest takes the box's.
    /// </summary>
    private static void KeepFromOwnName(ValidatingConnectionEventArgs asking)
    {
        if (asking.ClientId?.StartsWith(ClientIds.Prefix, StringComparison.Ordinal) == true)
        {
            asking.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
        }
    }

    private bool IsPublisher(ValidatingConnectionEventArgs asking)
    {
        if (_options.Publisher is not { } account)
        {
            return false;
        }

        return IsSame(account.UserName, asking.UserName)
            & IsSame(account.Password, asking.Password);
    }

    private static bool IsSame(string ours, string? theirs) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(ours)),
            SHA256.HashData(Encoding.UTF8.GetBytes(theirs ?? string.Empty)));

    /// <summary>A last will passes here as well.</summary>
    private Task FilterPublishAsync(InterceptingPublishEventArgs publishing)
    {
        if (!publishing.SessionItems.Contains(MayPublish))
        {
            publishing.ProcessPublish = false;
            publishing.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            publishing.Response.ReasonString = "this broker is read-only";
        }

        return Task.CompletedTask;
    }

    private Task FilterSubscriptionAsync(InterceptingSubscriptionEventArgs subscribing)
    {
        IDictionary items = subscribing.SessionItems;
        if (items.Contains(MayPublish))
        {
            return Task.CompletedTask;
        }

        int count = items[Subscriptions] is int before ? before + 1 : 1;
        items[Subscriptions] = count;
        if (count > _options.SubscriptionsMost)
        {
            subscribing.ProcessSubscription = false;
            subscribing.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
            return Task.CompletedTask;
        }

        // What waits for an acknowledgement is kept for as long as the client is silent; a guest
        // gets no such memory of ours.
        subscribing.TopicFilter.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce;
        subscribing.Response.ReasonCode = MqttSubscribeReasonCode.GrantedQoS0;
        return Task.CompletedTask;
    }

    /// <summary>Only the broker holds one, so nobody outside can seem to come from it.</summary>
    private sealed class InsideEndPoint : EndPoint
    {
        public override string ToString() => "inside";
    }
}
