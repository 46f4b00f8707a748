using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Panel;

namespace Steelyard.Tests.Host.Panel;

public sealed class FaultLampTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _patience.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_fault_led_is_lit_until_the_end_and_dark_after_it()
    {
        string path = Path.Combine(_folder.FullName, "panel");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, 0);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using CancellationTokenSource end = new();

        Task<string?> holding = FaultLamp.HoldAsync($"simulated:{path}", "auto", end.Token);
        Socket socket = await listener.AcceptAsync(_patience.Token);
        using StreamReader chip = new(new NetworkStream(socket, ownsSocket: true));
        string[] lit = [await LineAsync(chip), await LineAsync(chip)];
        await end.CancelAsync();
        string dark = await LineAsync(chip);

        Assert.Equal(["LED_FAULT 0", "LED_FAULT 1"], lit);
        Assert.Equal("LED_FAULT 0", dark);
        Assert.Null(await holding);
    }

    [Fact]
    public async Task Without_a_chip_it_says_so_and_ends()
    {
        string? why = await FaultLamp.HoldAsync("gpiochip77", "auto", CancellationToken.None);

        Assert.StartsWith("/dev/gpiochip77 is not there: ", why, StringComparison.Ordinal);
    }

    private async Task<string> LineAsync(StreamReader chip) =>
        await chip.ReadLineAsync(_patience.Token) ?? "nothing";
}
