using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Listening;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Plain MQTT over TCP for the embedded broker, on Kestrel's connections. A port that is
/// taken is said once, with its holder, and tried again until it is free.
/// </summary>
public sealed class BrokerListener : IAsyncDisposable
{
    private const string Room = "telemetry listener";

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

    /// <summary>Where it says for how long it has no port.</summary>
    public StandingWarnings Warnings { get; init; } = new();

    /// <summary>Where it listens, as it was asked for.</summary>
    public Endpoint Listen => _listen;

    /// <summary>
    /// Ends when the port is open, with what it is: a port of 0 finds a free one.
    /// </summary>
    public Task<IPEndPoint> Bound => _bound.Task;

    public void Start() => _run = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        Warnings.Set(Room);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        bool saidTaken = false;
        PatientTransport transports = new("telemetry", _loggers);
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
                Warnings.Set(Room);
                await AcceptAsync(listener);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever the port threw, it is tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (!saidTaken)
                {
                    saidTaken = true;
                    string fault = ListenFault.Describe(_listen, failure);
                    Log.BrokerPortTaken(_log, fault);
                    Warnings.Set(Room, $"telemetry has no plain MQTT: {fault}");
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
