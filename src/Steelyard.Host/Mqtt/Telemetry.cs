using System;
using System.Globalization;
using System.Net;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Logging;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// The box's voice: takes pictures and events from the loops without ever waiting, and publishes
/// them on a task of its own, to the embedded broker and to an external one if there is one.
/// </summary>
public sealed class Telemetry : IAsyncDisposable
{
    // 256 events between two turns of a task that has nothing else to do: more is a flood.
    private const int EventsWaitingMost = 256;

    private const string BrokerRoom = "telemetry broker";

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Heard> _events;
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _telling = new();
    private readonly SemaphoreSlim _configuring = new(1, 1);
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly SeededChance _chance;
    private readonly string _box;
    private readonly Topics _topics;
    private readonly TopicTree _tree;
    private readonly TelemetryPublisher _inside;
    private TelemetryPublisher? _external;
    private BrokerConfig? _reached;
    private BrokerListener? _listener;
    private BoxStatus? _waiting;
    private TelemetryConfig _config;
    private double _lastUptimeS = double.NegativeInfinity;
    private long _eventsDropped;
    private bool _hasBegun;
    private string? _complaint;
    private Task _run = Task.CompletedTask;

    /// <param name="box">The box's name, as it stands in the topics.</param>
    /// <param name="options">Bounds of the embedded broker.</param>
    public Telemetry(
        ApplianceConfig config,
        string box,
        ILoggerFactory loggers,
        TimeProvider? time = null,
        EmbeddedBrokerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        _loggers = loggers;
        _log = loggers.CreateLogger<Telemetry>();
        _time = time ?? TimeProvider.System;
        _chance = new((ulong)_time.GetTimestamp());
        _box = box;
        _topics = new(box);
        _config = config.Telemetry;
        _events = Channel.CreateBounded<Heard>(
            new BoundedChannelOptions(EventsWaitingMost)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
            },
            _ => Interlocked.Increment(ref _eventsDropped));
        Broker = new((options ?? new()) with { Box = box }, loggers.CreateLogger<EmbeddedBroker>());
        _inside = new(
            _topics, "the embedded broker", () => new MqttLink(OptionsInside, new(MqttVersion.V5)),
            NewBackOff(), _log);
        _tree = new(_topics, Send);
    }

    /// <summary>Where it says what it lacks.</summary>
    public StandingWarnings Warnings { get; init; } = new();

    /// <summary>How an external broker is reached, by options that are made for each try.</summary>
    internal Func<Func<MqttClientOptions>, BrokerDialect, IBrokerLink> Link { get; init; } =
        (options, dialect) => new MqttLink(options, dialect);

    /// <summary>The broker inside the program; the dashboard brings it its WebSocket.</summary>
    public EmbeddedBroker Broker { get; }

    /// <summary>
    /// The embedded broker's plain port; null while an external one takes its place.
    /// </summary>
    public BrokerListener? Listener => _listener;

    /// <summary>
    /// Messages that nobody will hear, as too much came or a broker was too slow.
    /// </summary>
    public long Dropped => Interlocked.Read(ref _eventsDropped)
        + _inside.Outbox.Dropped + (_external?.Outbox.Dropped ?? 0);

    /// <summary>Whether the broker that people look at has us on the line.</summary>
    public bool IsConnected => (_external ?? _inside).IsConnected;

    /// <summary>
    /// Takes a picture of the box. Never waits; a newer picture replaces an unread one.
    /// </summary>
    public void Publish(BoxStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        Interlocked.Exchange(ref _waiting, status);
        _bell.Writer.TryWrite(true);
    }

    /// <summary>Takes an event. Never waits; when too many wait, the oldest is dropped.</summary>
    public void Publish(BoxEvent happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        _events.Writer.TryWrite(new(happening, _time.GetUtcNow()));
        _bell.Writer.TryWrite(true);
    }

    /// <summary>
    /// Takes a configuration, the first one or a new one; what did not change goes on undisturbed.
    /// After a failure it may be said again.
    /// </summary>
    public async Task ReconfigureAsync(ApplianceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        await _configuring.WaitAsync();
        try
        {
            _config = config.Telemetry;
            await BeginAsync();
            await ListenAsync(config.Telemetry);
            await ReachOutAsync(config.Telemetry.Broker);
        }
        finally
        {
            _configuring.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        if (_external is { } external)
        {
            await external.DisposeAsync();
        }

        await _inside.DisposeAsync();
        if (_listener is { } listener)
        {
            await listener.DisposeAsync();
        }

        await Broker.DisposeAsync();
        _stop.Dispose();
        _configuring.Dispose();
    }

    private async Task BeginAsync()
    {
        if (_hasBegun)
        {
            return;
        }

        await Broker.StartAsync();
        _hasBegun = true;
        _inside.Start();
        _run = Task.Run(RunAsync);
    }

    /// <summary>
    /// The embedded broker has a port of its own unless an external one takes its place.
    /// </summary>
    private async Task ListenAsync(TelemetryConfig config)
    {
        Endpoint? wanted = config.Broker is null ? config.EmbeddedListen : null;
        if (_listener is { } old && old.Listen != wanted)
        {
            _listener = null;
            await old.DisposeAsync();
        }

        if (_listener is null && wanted is Endpoint listen)
        {
            _listener = new(Broker, listen, _loggers) { Warnings = Warnings };
            _listener.Start();
        }
    }

    private async Task ReachOutAsync(BrokerConfig? wanted)
    {
        if (_external is { } old && _reached != wanted)
        {
            _external = null;
            await old.DisposeAsync();
        }

        if (_external is null && wanted is { } broker)
        {
            BrokerDialect dialect = new(broker.Version);
            TelemetryPublisher external = new(
                _topics, NameOf(broker), () => Link(() => OptionsFor(broker), dialect),
                NewBackOff(), _log, sweeps: true);
            lock (_telling)
            {
                _tree.Repeat(message => external.Outbox.Put(message));
                _external = external;
            }

            _reached = broker;
            external.Start();
        }
    }

    /// <summary>As a person would write it; whatever a name is, this makes no fuss.</summary>
    private static string NameOf(BrokerConfig broker)
    {
        string host = broker.Host.Contains(':') ? $"[{broker.Host}]" : broker.Host;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(broker.UsesTls ? "mqtts" : "mqtt")}://{host}:{broker.Port}");
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _bell.Reader.ReadAsync(_stop.Token);
                TellOrComplain();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>What cannot be told is left out; the next is tried.</summary>
    private void TellOrComplain()
    {
        try
        {
            Tell();
        }
#pragma warning disable CA1031 // Whatever it is, it costs this picture and not all later ones.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (failure.Message != _complaint)
            {
                _complaint = failure.Message;
                Log.Failed(_log, $"telemetry leaves something out: {failure.Message}");
            }
        }
    }

    private void Tell()
    {
        lock (_telling)
        {
            while (_events.Reader.TryRead(out Heard heard))
            {
                _tree.Apply(heard.Event, heard.At);
            }

            if (Interlocked.Exchange(ref _waiting, null) is { } status && IsDue(status))
            {
                _tree.Interval = _config.Interval;
                _tree.Broker = TellBroker();
                _tree.Apply(status, Dropped);
            }
        }
    }

    /// <summary>How it stands with the external broker, also for who reads the status.</summary>
    private BrokerPicture TellBroker()
    {
        TelemetryPublisher? external = _external;
        string fault = external?.Fault ?? string.Empty;
        if (fault.Length == 0)
        {
            Warnings.Set(BrokerRoom);
        }
        else
        {
            Warnings.Set(BrokerRoom, $"telemetry: {external!.Broker}: {fault}");
        }

        return external is null
            ? default
            : new(external.Broker, external.IsConnected, fault);
    }

    private bool IsDue(BoxStatus status)
    {
        // A tenth early is in time: pictures come by a clock that is not quite ours.
        double elapsedS = status.UptimeS - _lastUptimeS;
        if (elapsedS >= 0 && elapsedS < _config.Interval.TotalSeconds * 0.9)
        {
            return false;
        }

        _lastUptimeS = status.UptimeS;
        return true;
    }

    private void Send(Outgoing message)
    {
        _inside.Outbox.Put(message);
        _external?.Outbox.Put(message);
    }

    private BackOff NewBackOff() => new(_chance.Fork(), ShortestRetry, LongestRetry);

    /// <summary>How the box enters its own broker.</summary>
    internal MqttClientOptions OptionsInside() => Basics()
        .WithEndPoint(new DnsEndPoint("inside", 0)) // The pipe has none, the options want one.
        .WithStreamProvider(Broker)
        .Build();

    private MqttClientOptions OptionsFor(BrokerConfig broker)
    {
        MqttClientOptionsBuilder options = Basics().WithTcpServer(broker.Host, broker.Port);
        if (broker.UsesTls)
        {
            options.WithTlsOptions(new BrokerTrust(broker).Apply);
        }

        if (broker.UserName is { } user)
        {
            string password = broker.PasswordFile is { } file
                ? Readable.Required(file).Trim('\r', '\n')
                : string.Empty;
            options.WithCredentials(user, password);
        }

        return options.Build();
    }

    private MqttClientOptionsBuilder Basics() => new MqttClientOptionsBuilder()
        .WithClientId(ClientIds.Of(_box))
        .WithCleanSession()
        .WithTryPrivate(false) // A bit of Mosquitto's bridges that others take for a version.
        .WithKeepAlivePeriod(KeepAlive)
        .WithWillTopic(_topics.Availability)
        .WithWillPayload(Presence.Offline)
        .WithWillRetain()
        .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);

    private readonly record struct Heard(BoxEvent Event, DateTimeOffset At);
}
