using System;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Mqtt;
using Endpoint = Steelyard.Core.Wire.Endpoint;

namespace Steelyard.Rig.Dashboard;

/// <summary>
/// Two boxes' telemetry and one dashboard, over loopback: "left" has the broker inside it, and
/// "right" reaches that one as an external broker, with a password.
/// </summary>
internal sealed class Pair : IAsyncDisposable
{
    private static readonly IpAddress Loopback = IpAddress.FromIpv4(0x7F00_0001);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _passwordFile = Path.GetTempFileName();
    private Task _life = Task.CompletedTask;

    public Scene LeftScene { get; } = new("left", "right", carries: true);

    public Scene RightScene { get; } = new("right", "left", carries: false);

    public required Telemetry Left { get; init; }

    public Telemetry? Right { get; set; }

    public required DashboardServer Dashboard { get; init; }

    public required IPEndPoint Page { get; init; }

    public string Address => $"http://{Page}/";

    public static async Task<Pair> StartAsync()
    {
        BrokerAccount account = new("right", "correct horse");
        ApplianceConfig own = Config(broker: null);
        Telemetry left = new(
            own, "left", NullLoggerFactory.Instance, null,
            new() { Publisher = account });
        await left.ReconfigureAsync(own);
        DashboardServer dashboard = new(left.Broker, NullLoggerFactory.Instance);
        await dashboard.StartAsync(new(Loopback, 0));
        Pair pair = new()
        {
            Left = left,
            Dashboard = dashboard,
            Page = await dashboard.Bound.WaitAsync(TimeSpan.FromSeconds(20)),
        };
        await File.WriteAllTextAsync(pair._passwordFile, account.Password + "\n");
        IPEndPoint plain = await left.Listener!.Bound.WaitAsync(TimeSpan.FromSeconds(20));
        BrokerConfig broker = new("127.0.0.1", (ushort)plain.Port)
        {
            UserName = account.UserName,
            PasswordFile = pair._passwordFile,
        };
        ApplianceConfig shared = Config(broker);
        pair.Right = new(shared, "right", NullLoggerFactory.Instance);
        await pair.Right.ReconfigureAsync(shared);
        return pair;
    }

    /// <summary>Five minutes of the past in a few seconds, and then second by second.</summary>
    public async Task LiveAsync(int secondsOfPast)
    {
        for (int second = 0; second < secondsOfPast; second++)
        {
            Tell();
            await Task.Delay(20);
        }

        _life = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                Tell();
                await Task.Delay(TimeSpan.FromSeconds(1), _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _life;
        if (Right is { } right)
        {
            await right.DisposeAsync();
        }

        await Dashboard.DisposeAsync();
        await Left.DisposeAsync();
        _stop.Dispose();
        File.Delete(_passwordFile);
    }

    private static ApplianceConfig Config(BrokerConfig? broker) => new()
    {
        Telemetry = new() { Broker = broker, EmbeddedListen = new Endpoint(Loopback, 0) },
    };

    private void Tell()
    {
        Left.Publish(LeftScene.Next());
        Right?.Publish(RightScene.Next());
    }
}
