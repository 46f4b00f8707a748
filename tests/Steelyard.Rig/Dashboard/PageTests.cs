using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Telemetry = Steelyard.Host.Mqtt.Telemetry;

namespace Steelyard.Rig.Dashboard;

/// <summary>
/// The page in a real browser, fed over the real brokers. The pictures land in tests/artifacts
/// for a person to look at.
/// </summary>
public sealed class PageTests
{
    private static readonly string Artifacts = FindArtifacts();

    [BrowserFact]
    public async Task A_person_sees_the_pair_its_services_and_what_happened()
    {
        await using Pair pair = await Pair.StartAsync();
        Happen(pair);
        await pair.LiveAsync(secondsOfPast: 300);
        await using Chromium browser = await Chromium.StartAsync();
        await browser.ResizeAsync(1280, 900, ("prefers-color-scheme", "light"));

        await browser.OpenAsync(pair.Address);
        await browser.UntilAsync("document.body.innerText.includes('All is well.')");
        await browser.UntilAsync("document.querySelectorAll('.legend strong').length === 4");
        await Task.Delay(2500); // The curve grows by itself for two seconds.

        string text = await browser.EvaluateAsync("document.body.innerText");
        foreach (string wanted in new[]
        {
            "left carries the traffic, right stands by.", "live", "MASTER", "BACKUP",
            "tcp 192.168.100.1:80", "10.0.0.13:8080", "carried by left", "Interfaces", "took over",
            "bad checksum 3",
        })
        {
            Assert.Contains(wanted, text, StringComparison.Ordinal);
        }

        Assert.Equal("left, right – Steelyard", await browser.EvaluateAsync("document.title"));
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-desktop.png"));
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-readme.png"), 1110);
        await browser.ResizeAsync(1280, 900, ("prefers-color-scheme", "dark"));
        await Task.Delay(1500);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-dark.png"));
    }

    [BrowserFact]
    public async Task It_fits_a_phone()
    {
        await using Pair pair = await Pair.StartAsync();
        Happen(pair);
        await pair.LiveAsync(secondsOfPast: 60);
        await using Chromium browser = await Chromium.StartAsync();
        await browser.ResizeAsync(390, 844, ("prefers-color-scheme", "light"));

        await browser.OpenAsync(pair.Address);
        await browser.UntilAsync("document.body.innerText.includes('All is well.')");
        await Task.Delay(2500);

        Assert.Equal(
            "390", await browser.EvaluateAsync("document.documentElement.scrollWidth"));
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-phone.png"));
        await browser.ResizeAsync(
            390, 844, ("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce"));
        await Task.Delay(1500);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-phone-dark.png"));
    }

    [BrowserFact]
    public async Task A_page_that_is_told_of_the_twins_broker_shows_both_boxes()
    {
        await using Twins twins = await Twins.StartAsync();
        await using Chromium browser = await Chromium.StartAsync();
        await browser.OpenAsync(twins.LeftAlone);
        await browser.UntilAsync("document.querySelectorAll('.box.absent').length === 1");

        await browser.OpenAsync(twins.LeftWithPeer);

        await browser.UntilAsync(
            "document.body.innerText.includes('left carries the traffic, right stands by.')");
        await browser.UntilAsync(
            "document.querySelectorAll('.box').length === 2"
            + " && document.querySelector('.box.absent') === null");
    }

    [BrowserFact]
    public async Task Trouble_is_said_in_words_and_recovery_as_well()
    {
        await using Pair pair = await Pair.StartAsync();
        await pair.LiveAsync(secondsOfPast: 30);
        await using Chromium browser = await Chromium.StartAsync();
        await browser.ResizeAsync(1280, 900, ("prefers-color-scheme", "light"));
        await browser.OpenAsync(pair.Address);
        await browser.UntilAsync("document.body.innerText.includes('All is well.')");

        pair.LeftScene.IsServerDown = true;
        await browser.UntilAsync(
            "document.body.innerText.includes('10.0.0.13:8080 of tcp 192.168.100.1:80 is down.')");
        Assert.Contains(
            "connection refused",
            await browser.EvaluateAsync("document.getElementById('services').innerText"),
            StringComparison.Ordinal);

        await pair.Right!.DisposeAsync();
        pair.Right = null;
        pair.LeftScene.IsTwinAlive = false;
        await browser.UntilAsync(
            "document.body.innerText.includes('right is offline; there is no twin to take over.')");
        await browser.UntilAsync(
            "document.querySelectorAll('.led-fault.led-is-blink').length === 1");
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-trouble.png"));

        await pair.Dashboard.StopAsync();
        await browser.UntilAsync(
            "document.getElementById('links').innerText.includes('reconnecting, last seen')");
        await browser.UntilAsync("document.body.innerText.includes('left and right are silent.')");
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "dashboard-silent.png"));

        await pair.Dashboard.StartAsync(new(
            IpAddress.From(pair.Page.Address), (ushort)pair.Page.Port));
        await browser.UntilAsync("document.getElementById('links').innerText.trim() === 'live'");
        pair.LeftScene.IsServerDown = false;
        await browser.UntilAsync("!document.body.innerText.includes('10.0.0.13:8080 of')");
    }

    /// <summary>
    /// Landmarks, headings, table headers and names, as the browser hands them on.
    /// </summary>
    [BrowserFact]
    public async Task A_screen_reader_finds_its_way()
    {
        await using Pair pair = await Pair.StartAsync();
        Happen(pair);
        await pair.LiveAsync(secondsOfPast: 10);
        await using Chromium browser = await Chromium.StartAsync();
        await browser.ResizeAsync(390, 844);
        await browser.OpenAsync(pair.Address);
        await browser.UntilAsync("document.body.innerText.includes('All is well.')");
        await browser.UntilAsync("document.querySelector(`[aria-label*='left: now']`) !== null");

        string[] nodes = await browser.ReadAloudAsync();

        foreach (string wanted in new[]
        {
            "banner: ", "main: ", "contentinfo: ", "heading: Steelyard", "heading: Boxes",
            "heading: left", "heading: Services", "heading: tcp 192.168.100.1:80",
            "table: tcp 192.168.100.1:80", "columnheader: Health", "columnheader: Link",
            "heading: Events", "list: Front panel", "status: Connection", "log: ",
        })
        {
            Assert.Contains(wanted, nodes);
        }

        Assert.Contains(
            nodes, node => node.StartsWith(
                "image: Packets per second. left: now", StringComparison.Ordinal));
    }

    /// <summary>WCAG 2.2 §1.4.3: 4.5 to 1 for text, computed from what the browser drew.</summary>
    [BrowserFact]
    public async Task Text_stands_out_from_its_ground_in_both_schemes()
    {
        await using Pair pair = await Pair.StartAsync();
        Happen(pair);
        pair.LeftScene.IsServerDown = true;
        await pair.LiveAsync(secondsOfPast: 10);
        await using Chromium browser = await Chromium.StartAsync();
        foreach (string scheme in new[] { "light", "dark" })
        {
            await browser.ResizeAsync(1280, 900, ("prefers-color-scheme", scheme));
            await browser.OpenAsync(pair.Address);
            await browser.UntilAsync("document.querySelectorAll('.service tr').length > 6");

            Assert.Equal(string.Empty, await browser.EvaluateAsync(Contrast));
        }
    }

    private const string Contrast =
        """
        (() => {
          const parse = text => (text.match(/[\d.]+/g) ?? []).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
            .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
            .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
          const groundOf = element => {
            for (let each = element; each; each = each.parentElement) {
              const ground = parse(getComputedStyle(each).backgroundColor);
              if (ground.length === 3 || ground[3] === 1) return ground;
            }
            return [255, 255, 255];
          };
          const faults = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
            if (element.closest('.unseen, .skip, noscript')) continue;
            const a = light(parse(getComputedStyle(element).color));
            const b = light(groundOf(element));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) faults.push(`${walker.currentNode.data.trim()} ${ratio.toFixed(2)}`);
          }
          return faults.join('; ');
        })()
        """;

    private static void Happen(Pair pair)
    {
        (Telemetry, EventSeverity, string, string, string)[] all =
        [
            (pair.Right!, EventSeverity.Information, "twin", "left", "the twin left is there"),
            (pair.Left, EventSeverity.Information, "twin", "right", "the twin right is there"),
            (pair.Left, EventSeverity.Warning, "health", "10.0.0.12:443",
                "real server 10.0.0.12:443 is down: connection timed out"),
            (pair.Left, EventSeverity.Information, "health", "10.0.0.12:443",
                "real server 10.0.0.12:443 is up"),
            (pair.Right!, EventSeverity.Error, "link", "eth1", "eth1 has lost its link"),
            (pair.Right!, EventSeverity.Information, "link", "eth1", "eth1 has its link back"),
            (pair.Right!, EventSeverity.Information, "role", "outside",
                "outside is BACKUP: left has the higher priority"),
            (pair.Left, EventSeverity.Information, "role", "outside",
                "outside is MASTER: it took over from right"),
        ];
        foreach ((Telemetry box, EventSeverity severity, string kind, string subject, string text)
            in all)
        {
            box.Publish(new BoxEvent(severity, kind, subject, text));
        }
    }

    private static string FindArtifacts()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !folder.EnumerateFiles("*.sln").Any())
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "tests", "artifacts");
    }
}
