using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;
using Steelyard.Host.Appliance;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Mqtt;
using Steelyard.Host.Storage;

namespace Steelyard.Rig.Dashboard;

/// <summary>The server over TLS and loopback, with a certificate as a box makes it.</summary>
public sealed class ServedTlsTests : IAsyncLifetime
{
    private static readonly IpAddress Loopback = IpAddress.FromIpv4(0x7F00_0001);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly EmbeddedBroker _broker = new(new(), NullLogger<EmbeddedBroker>.Instance);
    private readonly LogSpy _log = new();
    private readonly DashboardServer _server;
    private Endpoint _listen;

    public ServedTlsTests() => _server = new(_broker, _log);

    private CertificateConfig Files => BoxCertificate.FilesIn(_folder.FullName);

    public async Task InitializeAsync()
    {
        await _broker.StartAsync();
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        _listen = new(Loopback, (ushort)((IPEndPoint)free.LocalEndpoint).Port);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _broker.DisposeAsync();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_page_is_served_with_the_certificate_and_says_so()
    {
        string made = Make();

        await _server.StartAsync(_listen, Files);

        Assert.Equal((made, HttpStatusCode.OK, new Version(1, 1)), await AskAsync());
        Assert.Equal(_listen.Port, (await _server.Bound.WaitAsync(Patience)).Port);
        Assert.Contains($"dashboard: https://{_listen}", _log.Lines);
        Assert.Contains(
            $"dashboard: its certificate has the SHA-256 fingerprint {made}", _log.Lines);
    }

    [Theory]
    [InlineData("https://SELF", true)]
    [InlineData("https://192.168.7.2:8443", true)]
    [InlineData("https://example.com", false)]
    public async Task The_broker_s_WebSocket_is_there_for_pages_from_nearby(string origin, bool may)
    {
        Make();
        await _server.StartAsync(_listen, Files);
        using ClientWebSocket socket = NewSocket();
        socket.Options.SetRequestHeader(
            "Origin", origin.Replace("SELF", $"{_listen}", StringComparison.Ordinal));

        Task connecting = socket.ConnectAsync(
            new Uri($"wss://{_listen}/mqtt"), CancellationToken.None);

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
    public async Task Plain_HTTP_is_not_spoken_there_and_both_versions_of_TLS_are()
    {
        Make();
        await _server.StartAsync(_listen, Files);
        using HttpClient plain = new() { Timeout = Patience };

        await Assert.ThrowsAsync<HttpRequestException>(
            () => plain.GetAsync(new Uri($"http://{_listen}/")));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(SslProtocols.Tls12)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(SslProtocols.Tls13)).Status);
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false)]
    public async Task TLS_1_2_is_spoken_with_authenticated_encryption_alone(
        TlsCipherSuite suite, bool may)
    {
        Make();
        await _server.StartAsync(_listen, Files);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _listen.Port);
        await using SslStream stream = new(client.GetStream());

        Task shaking = stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "lb",
            EnabledSslProtocols = SslProtocols.Tls12,
            CipherSuitesPolicy = new([suite]),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null,
        });

        if (may)
        {
            await shaking;
            Assert.Equal(suite, stream.NegotiatedCipherSuite);
        }
        else
        {
            await Assert.ThrowsAnyAsync<Exception>(() => shaking);
        }
    }

    [Fact]
    public async Task A_certificate_that_is_missing_is_said_once_and_served_once_it_is_there()
    {
        await _server.StartAsync(_listen, Files);
        await _server.StartAsync(_listen, Files);

        string said = Assert.Single(_log.Lines);
        Assert.Equal(
            $"dashboard: {Files.Certificate} cannot be read: no such file; "
            + "`steelyard certificate` makes a certificate and its key, `tls` in the "
            + "configuration names others. The box works on, and tries again.",
            said);
        string made = Make();
        await _server.Bound.WaitAsync(Patience);
        Assert.Equal(made, (await AskAsync()).Fingerprint);
    }

    [Fact]
    public async Task Another_certificate_in_the_same_files_is_taken_and_nobody_is_cut_off()
    {
        Make();
        await _server.StartAsync(_listen, Files);
        using ClientWebSocket socket = NewSocket();
        await socket.ConnectAsync(new Uri($"wss://{_listen}/mqtt"), CancellationToken.None);
        string made = Make();

        await _server.StartAsync(_listen, Files);

        Assert.Equal(made, (await AskAsync()).Fingerprint);
        // CONNECT of MQTT 3.1.1, client id "a"; what comes back is its CONNACK.
        byte[] connect = [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 1, (byte)'a'];
        byte[] answer = new byte[4];
        await socket.SendAsync(
            connect, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        using CancellationTokenSource patience = new(Patience);
        await socket.ReceiveAsync(answer, patience.Token);
        Assert.Equal(0x20, answer[0]);
    }

    [Fact]
    public async Task Broken_files_leave_the_certificate_of_before()
    {
        string made = Make();
        await _server.StartAsync(_listen, Files);
        await File.WriteAllTextAsync(Files.Key, "rubbish");

        await _server.StartAsync(_listen, Files);

        Assert.Equal(made, (await AskAsync()).Fingerprint);
        Assert.Contains(
            _log.Lines, line => line.EndsWith("of before.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_goes_to_TLS_and_back_at_the_same_port()
    {
        string made = Make();
        using HttpClient plain = new() { Timeout = Patience };
        Uri page = new($"http://{_listen}/");

        await _server.StartAsync(_listen);
        using HttpResponseMessage before = await plain.GetAsync(page);
        await _server.StartAsync(_listen, Files);
        string? seen = (await AskAsync()).Fingerprint;
        await _server.StartAsync(_listen);
        using HttpResponseMessage after = await plain.GetAsync(page);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(made, seen);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    /// <summary>"lb" is in the certificate, and the name of neither box nor machine.</summary>
    [Theory]
    [InlineData("lb", HttpStatusCode.OK)]
    [InlineData("lb.example.com", HttpStatusCode.MisdirectedRequest)]
    public async Task The_page_is_served_under_the_certificate_s_names(
        string host, HttpStatusCode expected)
    {
        Make();
        await _server.StartAsync(_listen, Files);

        Assert.Equal(expected, (await AskAsync(host: host)).Status);
    }

    private static ClientWebSocket NewSocket()
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is not null;
        return socket;
    }

    private string Make()
    {
        using X509Certificate2 made = BoxCertificate.Make(
            _folder.FullName, "lb", [], renews: true, new byte[BoxCertificate.SerialLength]);
        return PemPair.FingerprintOf(made);
    }

    private async Task<(string? Fingerprint, HttpStatusCode Status, Version Version)> AskAsync(
        SslProtocols protocols = SslProtocols.None, string? host = null)
    {
        string? fingerprint = null;
        using HttpClient client = new(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocols,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    fingerprint = PemPair.FingerprintOf((X509Certificate2)certificate!);
                    return certificate is not null;
                },
            },
        })
        {
            Timeout = Patience,
        };
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"https://{_listen}/"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Headers = { Host = host },
        };
        using HttpResponseMessage page = await client.SendAsync(request);
        return (fingerprint, page.StatusCode, page.Version);
    }
}
