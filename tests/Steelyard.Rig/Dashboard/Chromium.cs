using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Rig.Dashboard;

/// <summary>A headless Chromium with one page, driven over its DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Names =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
        "--remote-debugging-port=0", "--no-proxy-server",
    ];

    private readonly string _profile = Directory.CreateTempSubdirectory("steelyard-page-").FullName;
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private string _session = string.Empty;
    private int _lastId;

    private Chromium()
    {
        ProcessStartInfo start = new(Path!)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (string each in Switches)
        {
            start.ArgumentList.Add(each);
        }

        start.ArgumentList.Add($"--user-data-dir={_profile}");
        start.ArgumentList.Add("about:blank");
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public static string? Path { get; } = Names.FirstOrDefault(File.Exists);

    public static async Task<Chromium> StartAsync()
    {
        Chromium browser = new();
        try
        {
            await browser.AttachAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="features">Media features to pretend, like <c>prefers-color-scheme</c>.</param>
    public async Task ResizeAsync(
        int width, int height, params (string Name, string Value)[] features)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = width < 600,
        });
        JsonArray list = [];
        foreach ((string name, string value) in features)
        {
            list.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }

        await CallAsync("Emulation.setEmulatedMedia", new() { ["features"] = list });
    }

    public async Task OpenAsync(string address) =>
        await CallAsync("Page.navigate", new() { ["url"] = address });

    /// <summary>The value of a JavaScript expression, as text.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        JsonNode result = await CallAsync("Runtime.evaluate", new()
        {
            ["expression"] = $"String({expression})",
            ["awaitPromise"] = true,
        });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"]!.GetValue<string>();
    }

    /// <summary>Waits until a JavaScript expression is true.</summary>
    public async Task UntilAsync(string condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (await EvaluateAsync($"document.body !== null && Boolean({condition})") != "true")
        {
            if (waited.Elapsed > Patience)
            {
                string shown = await EvaluateAsync("document.body.innerText");
                Assert.Fail($"never: {condition}\n{shown}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>A picture of the page, as high as it is unless told.</summary>
    public async Task ScreenshotAsync(string file, int? heightMost = null)
    {
        int height = heightMost ?? int.Parse(
            await EvaluateAsync("document.documentElement.scrollHeight"),
            CultureInfo.InvariantCulture);
        int width = int.Parse(
            await EvaluateAsync("window.innerWidth"), CultureInfo.InvariantCulture);
        JsonNode shot = await CallAsync("Page.captureScreenshot", new()
        {
            ["format"] = "png",
            ["captureBeyondViewport"] = true,
            ["clip"] = new JsonObject
            {
                ["x"] = 0,
                ["y"] = 0,
                ["width"] = width,
                ["height"] = height,
                ["scale"] = 1,
            },
        });
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(
            file, Convert.FromBase64String(shot["data"]!.GetValue<string>()));
    }

    /// <summary>
    /// What a screen reader is told: role and name of every node that it may meet.
    /// </summary>
    public async Task<string[]> ReadAloudAsync()
    {
        await CallAsync("Accessibility.enable", []);
        JsonNode tree = await CallAsync("Accessibility.getFullAXTree", []);
        return
        [
            .. tree["nodes"]!.AsArray()
                .Where(node => node!["ignored"]?.GetValue<bool>() != true)
                .Select(node => $"{node!["role"]?["value"]}: {node["name"]?["value"]}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A last child still writes; the system's temporary folder is swept anyway.
        }
    }

    private async Task AttachAsync()
    {
        string portFile = System.IO.Path.Combine(_profile, "DevToolsActivePort");
        Stopwatch waited = Stopwatch.StartNew();
        string[] lines = [];
        while (lines.Length < 2)
        {
            Assert.True(waited.Elapsed < Patience, "Chromium opened no DevTools port");
            Assert.False(_process.HasExited, "Chromium ended at once");
            await Task.Delay(50);
            lines = File.Exists(portFile) ? await File.ReadAllLinesAsync(portFile) : [];
        }

        await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), default);
        JsonNode targets = await CallAsync("Target.getTargets", []);
        string page = targets["targetInfos"]!.AsArray()
            .First(target => target!["type"]!.GetValue<string>() == "page")!["targetId"]!
            .GetValue<string>();
        JsonNode attached = await CallAsync("Target.attachToTarget", new()
        {
            ["targetId"] = page,
            ["flatten"] = true,
        });
        _session = attached["sessionId"]!.GetValue<string>();
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        int id = ++_lastId;
        JsonObject call = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session.Length > 0)
        {
            call["sessionId"] = _session;
        }

        using CancellationTokenSource patience = new(Patience);
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, true,
            patience.Token);
        while (true)
        {
            JsonNode answer = await ReceiveAsync(patience.Token);
            if (answer["id"]?.GetValue<int>() == id)
            {
                return answer["result"]
                    ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellation)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, cancellation);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }
}
