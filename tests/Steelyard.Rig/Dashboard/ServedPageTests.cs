using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Wire;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Mqtt;

namespace Steelyard.Rig.Dashboard;

/// <summary>The server over loopback: headers, bounds, and a port that is taken.</summary>
public sealed class ServedPageTests : IAsyncLifetime
{
    private static readonly IpAddress Loopback = IpAddress.FromIpv4(0x7F00_0001);

    private readonly EmbeddedBroker _broker = NewBroker();
    private readonly HttpClient _client = NewClient();
    private readonly LogSpy _log = new();
    private DashboardServer? _server;
    private Uri? _page;

    public async Task InitializeAsync()
    {
        await _broker.StartAsync();
        _server = new(_broker, _log);
        await _server.StartAsync(new(Loopback, 0));
        _page = new($"http://{await _server.Bound.WaitAsync(TimeSpan.FromSeconds(20))}/");
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _broker.DisposeAsync();
        _client.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData("", "text/html; charset=utf-8")]
    [InlineData("index.html", "text/html; charset=utf-8")]
    [InlineData("app.js", "text/javascript; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("icon.svg", "image/svg+xml")]
    [InlineData("licences.txt", "text/plain; charset=utf-8")]
    public async Task Each_file_has_its_type_and_a_tag_by_which_it_is_not_sent_twice(
        string path, string type)
    {
        using HttpResponseMessage first = await GetAsync(path);
        using HttpResponseMessage second = await GetAsync(
            path, ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(type, first.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.NotEmpty(await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_browser_that_takes_gzip_gets_a_third_of_the_bytes()
    {
        using HttpResponseMessage plain = await GetAsync("app.js");
        using HttpResponseMessage packed =
            await GetAsync("app.js", ("Accept-Encoding", "gzip, br"));

        Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
        long plainBytes = plain.Content.Headers.ContentLength!.Value;
        Assert.InRange(packed.Content.Headers.ContentLength!.Value, 1, plainBytes * 2 / 5);
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere()
    {
        using HttpResponseMessage page = await GetAsync(string.Empty);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(page.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("ws://10.0.0.2:8080/mqtt", "connect-src 'self' ws://10.0.0.2:8080;")]
    [InlineData("ws://evil.example/mqtt", "connect-src 'self';")]
    [InlineData("http://10.0.0.2/", "connect-src 'self';")]
    [InlineData("ws://a;script-src%20*/", "connect-src 'self';")]
    public async Task The_page_may_listen_to_the_peer_that_its_address_names(
        string peer, string policy)
    {
        using HttpResponseMessage page = await GetAsync($"?peer={peer}");

        Assert.Contains(
            policy,
            page.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal);
    }

    /// <summary>DNS rebinding: the stranger's name leads here, and Origin and Host agree.</summary>
    [Fact]
    public async Task A_strangers_name_that_leads_here_is_served_nothing()
    {
        using HttpResponseMessage page = await GetAsync(string.Empty, ("Host", "evil.example"));
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.SetRequestHeader("Host", "evil.example");
        socket.Options.SetRequestHeader("Origin", "http://evil.example");

        Assert.Equal(HttpStatusCode.MisdirectedRequest, page.StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri($"ws://{_page!.Authority}/mqtt"), CancellationToken.None));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_nothing_can_be_posted()
    {
        using HttpResponseMessage missing = await GetAsync("../../etc/passwd");
        using HttpResponseMessage posted = await _client.PostAsync(_page, content: null);

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://SELF", true)]
    [InlineData("http://localhost:1234", true)]
    [InlineData("http://192.168.7.2:8080", true)]
    [InlineData("http://[fd00::2]:8080", true)]
    [InlineData("https://example.com", false)]
    [InlineData("http://8.8.8.8", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    public async Task Only_pages_from_nearby_may_listen_to_the_broker(string? origin, bool may)
    {
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        if (origin is not null)
        {
            socket.Options.SetRequestHeader(
                "Origin", origin.Replace("SELF", _page!.Authority, StringComparison.Ordinal));
        }

        Task connecting = socket.ConnectAsync(
            new Uri($"ws://{_page!.Authority}/mqtt"), CancellationToken.None);

        if (may)
        {
            await connecting;
            Assert.Equal("mqtt", socket.SubProtocol);
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => connecting);
        }
    }

    [Fact]
    public async Task A_taken_port_is_named_with_its_holder_and_served_once_it_is_free()
    {
        using Socket holder = new(SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        ushort port = (ushort)((IPEndPoint)holder.LocalEndPoint!).Port;

        await _server!.StartAsync(new(Loopback, port));

        string said = Assert.Single(
            _log.Lines, line => line.Contains("in use", StringComparison.Ordinal));
        Assert.Contains($"127.0.0.1:{port} is in use by ", said, StringComparison.Ordinal);
        Assert.Contains($"(process {Environment.ProcessId})", said, StringComparison.Ordinal);
        holder.Dispose();
        IPEndPoint bound = await _server.Bound.WaitAsync(TimeSpan.FromSeconds(20));
        using HttpResponseMessage page = await _client.GetAsync(new Uri($"http://{bound}/"));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private static EmbeddedBroker NewBroker() => new(new(), NullLogger<EmbeddedBroker>.Instance);

    private static HttpClient NewClient() => new() { Timeout = TimeSpan.FromSeconds(20) };

    private async Task<HttpResponseMessage> GetAsync(
        string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_page!, path));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request);
    }
}
