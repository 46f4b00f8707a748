using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Mqtt;

namespace Steelyard.Rig.Dashboard;

/// <summary>Two boxes as the lab runs them: each with its own broker and its own page.</summary>
internal sealed class Twins : IAsyncDisposable
{
    private static readonly IpAddress Loopback = IpAddress.FromIpv4(0x7F00_0001);

    private static readonly ApplianceConfig Embedded =
        new() { Telemetry = new() { EmbeddedListen = new(Loopback, 0) } };

    private readonly Scene _leftScene = new("left", "right", carries: true);
    private readonly Scene _rightScene = new("right", "left", carries: false);
    private readonly Telemetry _left = NewTelemetry("left");
    private readonly Telemetry _right = NewTelemetry("right");
    private readonly DashboardServer _leftPage;
    private readonly DashboardServer _rightPage;
    private readonly CancellationTokenSource _stop = new();
    private Task _life = Task.CompletedTask;

    private Twins()
    {
        _leftPage = new(_left.Broker, NullLoggerFactory.Instance);
        _rightPage = new(_right.Broker, NullLoggerFactory.Instance);
    }

    public string LeftAlone { get; private set; } = string.Empty;

    /// <summary>The left box's page, told of the right one's broker.</summary>
    public string LeftWithPeer { get; private set; } = string.Empty;

    public static async Task<Twins> StartAsync()
    {
        Twins twins = new();
        await twins._left.ReconfigureAsync(Embedded);
        await twins._right.ReconfigureAsync(Embedded);
        await twins._leftPage.StartAsync(new(Loopback, 0));
        await twins._rightPage.StartAsync(new(Loopback, 0));
        IPEndPoint left = await twins._leftPage.Bound.WaitAsync(TimeSpan.FromSeconds(20));
        IPEndPoint right = await twins._rightPage.Bound.WaitAsync(TimeSpan.FromSeconds(20));
        twins.LeftAlone = $"http://{left}/";
        twins.LeftWithPeer = $"http://{left}/?peer=ws://{right}/mqtt";
        twins._life = Task.Run(twins.LiveAsync);
        return twins;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _life;
        await _leftPage.DisposeAsync();
        await _rightPage.DisposeAsync();
        await _left.DisposeAsync();
        await _right.DisposeAsync();
        _stop.Dispose();
    }

    private static Telemetry NewTelemetry(string box) => new(
        Embedded,
        box,
        NullLoggerFactory.Instance);

    private async Task LiveAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _left.Publish(_leftScene.Next());
            _right.Publish(_rightScene.Next());
            await Task.Delay(TimeSpan.FromSeconds(1), _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
