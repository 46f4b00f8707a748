using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Steelyard.Core.Wire;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Plain MQTT over TCP for the embedded broker, on Kestrel's socket transport. A port that is
/// taken is said once, with its holder, and tried again until it is free.
/// </summary>
public sealed class BrokerListener : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<IPEndPoint> _bound =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly EmbeddedBroker _broker;
    private readonly Endpoint _listen;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private Task _run = Task.CompletedTask;

    public BrokerListener(EmbeddedBroker broker, Endpoint listen, ILoggerFactory loggers)
    {
        _broker = broker;
        _listen = listen;
        _loggers = loggers;
        _log = loggers.CreateLogger<BrokerListener>();
    }

    /// <summary>
    /// Ends when the port is open, with what it is: a port of 0 finds a free one.
    /// </summary>
    public Task<IPEndPoint> Bound => _bound.Task;

    public void Start() => _run = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        bool saidTaken = false;
        SocketTransportFactory transports = new(
            Options.Create(new SocketTransportOptions()), _loggers);
        IPEndPoint listen = new(_listen.Address.ToIPAddress(), _listen.Port);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using IConnectionListener listener =
                    await transports.BindAsync(listen, _stop.Token);
                _bound.TrySetResult((IPEndPoint)listener.EndPoint);
                Log.BrokerListens(_log, listener.EndPoint);
                saidTaken = false;
                await AcceptAsync(listener);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (
                failure is AddressInUseException or SocketException or System.IO.IOException)
            {
                if (!saidTaken)
                {
                    saidTaken = true;
                    Log.BrokerPortTaken(_log, ListenFault.Describe(_listen, failure));
                }

                await Task.Delay(RetryDelay, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (await listener.AcceptAsync(_stop.Token) is { } connection)
        {
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await using (connection)
        {
            using CancellationTokenRegistration ends = _stop.Token.Register(connection.Abort);
            try
            {
                await _broker.OnConnectedAsync(connection);
            }
#pragma warning disable CA1031 // One client's bad end is not ours; the broker has logged it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.BrokerClientEnded(_log, connection.RemoteEndPoint, failure.Message);
            }
        }
    }
}
