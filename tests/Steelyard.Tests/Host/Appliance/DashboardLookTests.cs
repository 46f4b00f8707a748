using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Appliance;

namespace Steelyard.Tests.Host.Appliance;

public sealed class DashboardLookTests : IDisposable
{
    private readonly string _configuration = Path.GetTempFileName();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly DashboardLook _look;

    public DashboardLookTests()
    {
        // On a busy machine an answer takes long, and here one always comes.
        _look = new DashboardLook(_configuration, Timeout.InfiniteTimeSpan);
        _listener.Start();
        File.WriteAllText(_configuration, $"dashboard {{\n  listen 0.0.0.0 {Port}\n}}\n");
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _look.Dispose();
        File.Delete(_configuration);
    }

    [Theory]
    [InlineData("200 OK")]
    [InlineData("403 Forbidden")]
    public async Task Any_answer_is_one(string status)
    {
        Task<string?> looking = _look.AskAsync(CancellationToken.None);
        using TcpClient asker = await _listener.AcceptTcpClientAsync();
        using StreamWriter writer = new(asker.GetStream()) { NewLine = "\r\n" };
        await writer.WriteAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        await writer.FlushAsync();

        Assert.Null(await looking);
    }

    /// <summary>
    /// As Kestrel does when as many are connected as may be; with an end, or a reset.
    /// </summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("  tls\n", false)]
    [InlineData("  tls\n", true)]
    public async Task A_connection_that_is_taken_and_closed_is_an_answer(string tls, bool resets)
    {
        await File.WriteAllTextAsync(
            _configuration, $"dashboard {{\n  listen 0.0.0.0 {Port}\n{tls}}}\n");

        Task<string?> looking = _look.AskAsync(CancellationToken.None);
        while (!looking.IsCompleted) // Who asks tries again.
        {
            Task<Socket> taking = _listener.AcceptSocketAsync();
            if (await Task.WhenAny(looking, taking) == taking)
            {
                using Socket asker = await taking;
                asker.LingerState = new(resets, 0);
            }
        }

        Assert.Null(await looking);
    }

    /// <summary>The box's own certificate is signed by nobody else, for its name.</summary>
    [Fact]
    public async Task A_dashboard_over_HTTPS_is_asked_so_whoever_signed_its_certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 signed = BoxCertificate.Sign(key, "lb", [], new byte[16]);
        using X509Certificate2 certificate = signed.CopyWithPrivateKey(key);
        await File.WriteAllTextAsync(
            _configuration, $"dashboard {{\n  listen 0.0.0.0 {Port}\n  tls\n}}\n");

        Task<string?> looking = _look.AskAsync(CancellationToken.None);
        using TcpClient asker = await _listener.AcceptTcpClientAsync();
        await using SslStream stream = new(asker.GetStream());
        await stream.AuthenticateAsServerAsync(certificate);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        Assert.Null(await looking);
    }

    [Fact]
    public async Task Silence_is_said_with_where_it_is()
    {
        int port = Port;
        _listener.Stop();

        Assert.Equal(
            $"the dashboard does not answer at 127.0.0.1:{port}",
            await _look.AskAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_dashboard_that_is_off_need_not_answer()
    {
        await File.WriteAllTextAsync(_configuration, "dashboard {\n  off\n}\n");
        _listener.Stop();

        Assert.Null(await _look.AskAsync(CancellationToken.None));
    }
}
