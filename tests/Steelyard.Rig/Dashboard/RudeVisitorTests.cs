using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Wire;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Mqtt;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Dashboard;

/// <summary>Who begins and does not end, over the page's port and the broker's own.</summary>
public sealed class RudeVisitorTests : IAsyncLifetime
{
    private static readonly IpAddress Loopback = IpAddress.FromIpv4(0x7F00_0001);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>MQTT 5, client id "half", no end by silence; and five bytes of SUBSCRIBE.</summary>
    private static readonly byte[] Connect =
        [0x10, 17, 0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, 0, 4, .. "half"u8];

    private static readonly byte[] HalfPacket = [0x82, 0x30, 0, 1, 0];

    private readonly EmbeddedBroker _broker = new(new(), NullLogger<EmbeddedBroker>.Instance);
    private readonly LogSpy _log = new();
    private DashboardServer? _server;
    private IPEndPoint? _page;

    public async Task InitializeAsync()
    {
        await _broker.StartAsync();
        _server = new(_broker, _log);
        await _server.StartAsync(new(Loopback, 0));
        _page = await _server.Bound.WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _broker.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Half_a_packet_and_a_close_end_a_session_over_TCP()
    {
        await using BrokerListener listener = new(_broker, new(Loopback, 0), _log);
        listener.Start();
        using (TcpClient client = new())
        {
            await client.ConnectAsync(await listener.Bound.WaitAsync(Patience));
            await client.GetStream().WriteAsync(Connect);
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[64]));
            await client.GetStream().WriteAsync(HalfPacket);
            Assert.Equal(1, _broker.Connections);
        }

        Shell.Until("the session is over", () => _broker.Connections == 0);
    }

    /// <summary>With a close of WebSocket's, and with an end of TCP.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Half_a_packet_and_a_close_end_a_session_over_WebSocket(bool isPolite)
    {
        using (ClientWebSocket socket = await OpenAsync())
        {
            await SendAsync(socket, Connect);
            _ = await socket.ReceiveAsync(new byte[64], CancellationToken.None);
            await SendAsync(socket, HalfPacket);
            Assert.Equal(1, _broker.Connections);
            if (isPolite)
            {
                await socket.CloseOutputAsync(
                    WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                Shell.Until("the session is over", () => _broker.Connections == 0);
            }
        }

        Shell.Until("the session is over", () => _broker.Connections == 0);
    }

    [Fact]
    public async Task A_WebSocket_that_never_speaks_MQTT_is_hung_up_on()
    {
        using ClientWebSocket socket = await OpenAsync();
        Shell.Until("it is served", () => _broker.Connections == 1);

        Shell.Until("it is hung up on", () => _broker.Connections == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: x")]
    [InlineData("GET / HT")]
    public async Task Who_does_not_ask_is_hung_up_on(string beginning)
    {
        using TcpClient client = new();
        await client.ConnectAsync(_page!);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
        using StreamReader answer = new(client.GetStream());

        string said = await answer.ReadToEndAsync().WaitAsync(Patience);

        Assert.True(said.Length == 0 || said.Contains(" 408 ", StringComparison.Ordinal), said);
    }

    [Theory]
    [InlineData("mqtt/")]
    [InlineData("MQTT")]
    public async Task The_broker_has_one_door_however_it_is_spelled(string path)
    {
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.SetRequestHeader("Origin", "https://evil.example");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri($"ws://{_page}/{path}"), CancellationToken.None));
    }

    [Fact]
    public async Task Nobody_reserves_a_connection_by_name()
    {
        using HttpClient client = new() { Timeout = Patience };

        using HttpResponseMessage answer = await client.PostAsync(
            new Uri($"http://{_page}/mqtt/negotiate?negotiateVersion=1"), content: null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>Of the box itself, as all are that come by loopback.</summary>
    [Fact]
    public void Who_comes_beyond_the_bound_is_hung_up_on_and_it_is_said_once()
    {
        TcpClient[] clients =
            [.. Enumerable.Range(0, Visitors.OwnMost + 2).Select(_ => NewClient())];

        Shell.Until("two are hung up on", () => clients.Count(
            each => each.Client.Poll(0, SelectMode.SelectRead)) >= 2);

        Assert.Single(
            _log.Lines, line => line.Contains("turned away", StringComparison.Ordinal));
        foreach (TcpClient client in clients)
        {
            client.Dispose();
        }
    }

    private TcpClient NewClient()
    {
        TcpClient client = new();
        client.Connect(_page!);
        return client;
    }

    private async Task<ClientWebSocket> OpenAsync()
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(new Uri($"ws://{_page}/mqtt"), CancellationToken.None);
        return socket;
    }

    private static async Task SendAsync(ClientWebSocket socket, byte[] bytes) =>
        await socket.SendAsync(
            bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
}
