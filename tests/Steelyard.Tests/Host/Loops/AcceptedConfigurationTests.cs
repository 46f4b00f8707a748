using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Loops;
using Steelyard.Host.Mqtt;
using Steelyard.Tests.Configuration;
using Steelyard.Tests.Control;
using BoxTelemetry = Steelyard.Host.Mqtt.Telemetry;

namespace Steelyard.Tests.Host.Loops;

/// <summary>
/// What <c>check</c> accepts, <c>run</c> starts: values for every word of our own blocks, of which
/// those that pass are given to the rooms that take them.
/// </summary>
public sealed class AcceptedConfigurationTests
{
    private const int FilesPerWord = 40;

    // Two whole paths are one draw in thousands.
    private const int FilesMost = 50_000;

    private static readonly string[] Numbers =
        ["0", "1", "5", "80", "1883", "65535", "65536", "0.1", "3600", "268435456", "-1", "1e9"];

    private static readonly string[] Names =
    [
        "a", "a..b", ".lan", "*.lan", "a,b", "192.168.1..5", "mqtt.lan", "mqtt.lan.", "_mqtt.lan",
        "\"a b\"", "\"\"", "é", "\"\\0\"", "\"\\e[1m\"",
        "+", "#", "$", "%", "@", "\\", "a:b", "[::1]", "::1",
        "127.0.0.1", "192.0.2.1", "::", "fe80::1", "224.0.0.1", "10.0.0.0/8", "on", "off", "tls",
        "auto", "LED_READY", "7", "99999999999999999999", "simulated:/nowhere/panel", "gpiochip",
        "/nowhere/file", "/", "../x", "hex:00", "file:/nowhere", "3.1.1",
        new string('a', 64), "TCP", "eth0",
        new string('x', 300), new string('9', 300),
    ];

    private static readonly Dictionary<string, string> Needed = new()
    {
        ["panel"] = "chip simulated:/nowhere/panel",
        ["telemetry"] = "broker mqtt.lan 1883",
    };

    public static TheoryData<string> Blocks() => ["panel", "telemetry", "dashboard"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Every_room_starts_with_what_was_accepted(string block)
    {
        SeededChance chance = new(7);
        string[] words =
        [
            .. Vocabulary.All
                .Where(word => word.Block == block && word.Support == WordSupport.Supported)
                .Select(word => word.Text),
        ];
        HashSet<ApplianceConfig> accepted = [];
        foreach (string word in words)
        {
            int before = accepted.Count;
            for (int file = 0;
                file < FilesPerWord || (accepted.Count == before && file < FilesMost);
                file++)
            {
                string text = Write(block, words, word, chance);
                if (MemoryFiles.Load(text).Config is { } config)
                {
                    accepted.Add(config);
                }
            }

            Assert.True(accepted.Count > before, $"no value of '{word}' was ever accepted");
        }

        await using Rooms rooms = new();
        foreach (ApplianceConfig config in accepted)
        {
            await rooms.TakeAsync(config);
        }

        Assert.Empty(rooms.Mistakes);
    }

    /// <summary>One word for certain, and perhaps another beside it.</summary>
    private static string Write(
        string block, string[] words, string word, SeededChance chance)
    {
        List<string> lines = [];
        if (Needed.TryGetValue(block, out string? needed) && !needed.StartsWith(word + " "))
        {
            lines.Add(needed);
        }

        lines.Add(Line(word, chance));
        if (chance.Next(3) == 0)
        {
            lines.Add(Line(words[chance.Next(words.Length)], chance));
        }

        return $"{block} {{\n  {string.Join("\n  ", lines)}\n}}\n";
    }

    private static string Line(string word, SeededChance chance)
    {
        // Most words take one value, and places have a port behind them.
        string[] values = chance.Next(6) switch
        {
            0 => [],
            1 or 2 => [Pick(Names, chance)],
            3 => [Pick(Names, chance), Pick(Numbers, chance)],
            4 => [Pick(Names, chance), Pick(Names, chance)],
            _ => [Pick(Numbers, chance)],
        };
        return string.Join(' ', values.Prepend(word));
    }

    private static string Pick(string[] choices, SeededChance chance) =>
        choices[chance.Next(choices.Length)];

    /// <summary>Those rooms of a box that take text of the configuration.</summary>
    private sealed class Rooms : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly SemaphoreSlim _tried = new(0);
        private readonly BoxTelemetry _telemetry;
        private readonly DashboardServer _dashboard;
        private readonly PanelRoom _panel = new((_, _) => { }, _ => { });
        private readonly Controller _controller =
            RecordingEffects.MakeController(RecordingEffects.MakeEngine());

        private BrokerConfig? _broker;

        public Rooms()
        {
            _telemetry = new(new ApplianceConfig(), "box", NullLoggerFactory.Instance)
            {
                Link = (options, _) => new UnreachedLink(options, Mistakes, _tried),
            };
            _dashboard = new(_telemetry.Broker, NullLoggerFactory.Instance);
        }

        /// <summary>What the configuration made a room throw.</summary>
        public ConcurrentQueue<Exception> Mistakes { get; } = [];

        public async Task TakeAsync(ApplianceConfig config)
        {
            _controller.Configure(config, Instant.Zero);
            await _panel.ConfigureAsync(config.Panel);
            BrokerConfig? before = _broker;
            _broker = config.Telemetry.Broker;
            await _telemetry.ReconfigureAsync(config);
            if (_broker is not null && _broker != before)
            {
                Assert.True(await _tried.WaitAsync(Patience));
            }

            if (config.Dashboard is { IsEnabled: true } page)
            {
                await _dashboard.StartAsync(
                    page.Listen, page.Certificate, new(page.AllowedHosts, page.TrustedProxies));
            }
            else
            {
                await _dashboard.StopAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _panel.DisposeAsync();
            await _dashboard.DisposeAsync();
            await _telemetry.DisposeAsync();
            _tried.Dispose();
        }
    }

    /// <summary>Makes its options as the real one does, and reaches nobody.</summary>
    private sealed class UnreachedLink(
        Func<MqttClientOptions> options,
        ConcurrentQueue<Exception> mistakes,
        SemaphoreSlim tried) : IBrokerLink
    {
        public CancellationToken Lost => CancellationToken.None;

        public LinkEnd End => LinkEnd.Closed;

        public bool Confirms { get; set; }

        public Task ConnectAsync(CancellationToken cancellation)
        {
            try
            {
                _ = options();
            }
            catch (Exception mistake) when (
                mistake is not (
                    IOException or UnauthorizedAccessException or AuthenticationException))
            {
                mistakes.Enqueue(mistake);
            }
            finally
            {
                _ = tried.Release();
            }

            throw new IOException("nobody is reached by this link");
        }

        public Task<string?> SendAsync(Outgoing message, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing is sent before the link stands");

        public Task<string[]> ListRetainedAsync(string filter, CancellationToken cancellation) =>
            Task.FromResult<string[]>([]);

        public Task PartAsync(CancellationToken cancellation) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
