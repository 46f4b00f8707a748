using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;
using Steelyard.Host.Panel;

namespace Steelyard.Tests.Host.Panel;

/// <summary>The real panel code over the simulated chip, whose other end the test plays.</summary>
public sealed class FrontPanelDeviceTests : IAsyncDisposable
{
    private static readonly Instant Now = new(1234);

    private readonly string _folder = Directory.CreateTempSubdirectory("steelyard-panel").FullName;
    private readonly Channel<(bool IsDown, Instant At)> _edges =
        Channel.CreateUnbounded<(bool, Instant)>();

    private readonly Channel<PanelPresence> _presence =
        Channel.CreateUnbounded<PanelPresence>();

    private readonly CancellationTokenSource _end = new();
    private readonly FrontPanelDevice _panel;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, 0);
    private Task _running = Task.CompletedTask;

    public FrontPanelDeviceTests() => _panel = new FrontPanelDevice(
        new PanelConfig($"simulated:{SocketPath}"),
        () => Now,
        (isDown, at) => Assert.True(_edges.Writer.TryWrite((isDown, at))),
        presence => Assert.True(_presence.Writer.TryWrite(presence)));

    private string SocketPath => Path.Combine(_folder, "panel");

    [Fact]
    public async Task Leds_light_as_the_state_says_and_go_dark_when_the_program_ends()
    {
        using StreamReader chip = await PlugInAsync();

        _panel.Show(new PanelState(LedPattern.On, LedPattern.Off, LedPattern.On));
        string[] lit = [await LineAsync(chip), await LineAsync(chip)];
        await _end.CancelAsync();
        string[] dark = [await LineAsync(chip), await LineAsync(chip)];

        Assert.Equal(["LED_FAULT 1", "LED_READY 1"], lit.Order());
        Assert.Equal(["LED_FAULT 0", "LED_READY 0"], dark.Order());
    }

    [Fact]
    public async Task A_blinking_led_goes_on_and_off_and_on()
    {
        using StreamReader chip = await PlugInAsync();

        _panel.Show(PanelState.Dark with { Role = LedPattern.FastBlink });

        Assert.Equal("LED_ROLE 1", await LineAsync(chip));
        Assert.Equal("LED_ROLE 0", await LineAsync(chip));
        Assert.Equal("LED_ROLE 1", await LineAsync(chip));
    }

    [Fact]
    public async Task Edges_of_the_button_arrive_with_their_own_time()
    {
        using StreamReader chip = await PlugInAsync();

        chip.BaseStream.Write("BUTTON 1 1000\nBUTTON 0\nBUTTON 0 2500\n"u8);

        Assert.Equal((true, new Instant(1000)), await _edges.Reader.ReadAsync(Timeout()));
        Assert.Equal((false, new Instant(2500)), await _edges.Reader.ReadAsync(Timeout()));
    }

    [Fact]
    public async Task A_missing_chip_is_said_and_waited_for_and_so_is_one_that_goes_away()
    {
        _running = _panel.RunAsync(_end.Token);
        PanelPresence missing = await _presence.Reader.ReadAsync(Timeout());
        StreamReader chip = await PlugInAsync();
        chip.Dispose();
        PanelPresence gone = await _presence.Reader.ReadAsync(Timeout());
        using StreamReader again = await AcceptAsync();
        PanelPresence back = await _presence.Reader.ReadAsync(Timeout());

        Assert.Contains("nobody plays the panel", missing.Missing, StringComparison.Ordinal);
        Assert.Contains("went away", gone.Missing, StringComparison.Ordinal);
        Assert.Null(back.Missing);
    }

    [Fact]
    public async Task A_chip_that_goes_away_again_is_said_again()
    {
        (await PlugInAsync()).Dispose();
        PanelPresence gone = await _presence.Reader.ReadAsync(Timeout());
        (await AcceptAsync()).Dispose();
        PanelPresence back = await _presence.Reader.ReadAsync(Timeout());

        PanelPresence again = await _presence.Reader.ReadAsync(Timeout());

        Assert.Contains("went away", gone.Missing, StringComparison.Ordinal);
        Assert.Null(back.Missing);
        Assert.Equal(gone.Missing, again.Missing);
    }

    [Fact]
    public async Task A_line_that_is_busy_is_said_and_tried_again()
    {
        int tries = 0;
        using FrontPanelDevice panel = new(
            new PanelConfig($"simulated:{SocketPath}"),
            () => Now,
            (_, _) => { },
            presence => Assert.True(_presence.Writer.TryWrite(presence)))
        {
            Open = _ => PanelChip.Over(new BusyDriver(isBusy: tries++ == 0)),
        };
        using CancellationTokenSource end = new();

        Task running = panel.RunAsync(end.Token);

        PanelPresence missing = await _presence.Reader.ReadAsync(Timeout());
        Assert.Contains("the line is busy", missing.Missing, StringComparison.Ordinal);
        PanelPresence there = await _presence.Reader.ReadAsync(Timeout());
        Assert.Null(there.Missing);
        await end.CancelAsync();
        await running.WaitAsync(Timeout());
    }

    [Theory]
    [InlineData(LedPattern.Off, "..........")]
    [InlineData(LedPattern.On, "##########")]
    [InlineData(LedPattern.Blink, "#####.....")]
    [InlineData(LedPattern.FastBlink, "#.#.#.#.#.")]
    public void A_second_of_a_pattern_has_ten_ticks(LedPattern pattern, string lit)
    {
        string shown = string.Concat(
            Enumerable.Range(0, 10)
                .Select(tick => LedPace.IsLit(pattern, tick) ? '#' : '.'));

        Assert.Equal(lit, shown);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _panel.Dispose();
        _listener.Dispose();
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Timeout() =>
        new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static async Task<string> LineAsync(StreamReader chip) =>
        await chip.ReadLineAsync(Timeout()) ?? "nothing";

    private async Task<StreamReader> PlugInAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        if (_running.IsCompleted)
        {
            _running = _panel.RunAsync(_end.Token);
        }

        StreamReader chip = await AcceptAsync();
        PanelPresence happening = await _presence.Reader.ReadAsync(Timeout());
        Assert.Null(happening.Missing);
        return chip;
    }

    private async Task<StreamReader> AcceptAsync()
    {
        Socket socket = await _listener.AcceptAsync(Timeout());
        StreamReader chip = new(new NetworkStream(socket, ownsSocket: true));

        // Opening the lines writes their first level, dark, and both ends then agree.
        for (int led = 0; led < 3; led++)
        {
            Assert.EndsWith(" 0", await LineAsync(chip), StringComparison.Ordinal);
        }

        return chip;
    }
}
