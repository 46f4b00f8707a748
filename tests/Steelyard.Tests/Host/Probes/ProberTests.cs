using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Wire;
using Steelyard.Host.Probes;

namespace Steelyard.Tests.Host.Probes;

/// <summary>Against sockets on loopback that answer at once, or by design never.</summary>
public sealed class ProberTests : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly Channel<(int Id, ProbeOutcome Outcome)> _outcomes =
        Channel.CreateUnbounded<(int, ProbeOutcome)>();

    private readonly CancellationTokenSource _end = new();
    private readonly Prober _prober;

    public ProberTests() => _prober = new Prober(
        (id, outcome) => Assert.True(_outcomes.Writer.TryWrite((id, outcome))));

    [Fact]
    public async Task A_port_that_listens_is_good()
    {
        Endpoint server = Serve(string.Empty);

        Assert.Equal(ProbeOutcome.Good, await ProbeAsync(Tcp(server)));
    }

    [Fact]
    public async Task A_port_that_does_not_listen_is_refused_by_name()
    {
        Endpoint nobody = Unused();

        ProbeOutcome outcome = await ProbeAsync(Tcp(nobody));

        Assert.Equal(ProbeOutcome.Bad($"{nobody} refused the connection"), outcome);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(302, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task Without_status_codes_two_hundreds_are_good(int status, bool isGood)
    {
        Endpoint server = Serve(Answer(status, "hello"));

        ProbeOutcome outcome = await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/up" }));

        Assert.Equal(isGood, outcome.IsGood);
        Assert.Equal(isGood ? "" : $"{server} answered /up with status {status}", outcome.Detail);
    }

    [Fact]
    public async Task Given_status_codes_replace_the_two_hundreds()
    {
        Endpoint server = Serve(Answer(404, "gone"));
        HttpUrlConfig url = new() { Path = "/", StatusCodes = [(301, 302), (404, 404)] };

        Assert.True((await ProbeAsync(Http(server, url))).IsGood);
    }

    [Fact]
    public async Task The_digest_is_the_md5_of_the_body_alone()
    {
        const string Digest = "5D41402ABC4B2A76B9719D911017C592"; // printf hello | md5sum
        Endpoint server = Serve(Answer(200, "hello"));

        ProbeOutcome right =
            await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/", Digest = Digest }));
        ProbeOutcome wrong =
            await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/", Digest = "00" }));

        Assert.True(right.IsGood);
        Assert.Equal(
            $"{server} answered / with digest 5d41402abc4b2a76b9719d911017c592", wrong.Detail);
    }

    [Fact]
    public async Task The_url_s_virtual_host_is_asked_for_and_the_path_is_sent_as_written()
    {
        List<string> requests = [];
        Endpoint server = Serve(Answer(200, string.Empty), requests);
        CheckConfig check = Http(server, new HttpUrlConfig { Path = "/a/../b?x=%7e" }) with
        {
            VirtualHost = "www.example.org",
        };

        Assert.True((await ProbeAsync(check)).IsGood);

        string[] lines = Assert.Single(requests).Split("\r\n");
        Assert.Equal("GET /a/../b?x=%7e HTTP/1.1", lines[0]);
        Assert.Contains("Host: www.example.org", lines);
        Assert.Contains("Connection: close", lines);
    }

    [Fact]
    public async Task Every_url_must_be_good()
    {
        Endpoint server = Serve(
            request => request.StartsWith("GET /good ", StringComparison.Ordinal)
                ? Answer(200, string.Empty)
                : Answer(500, string.Empty));

        ProbeOutcome outcome = await ProbeAsync(Http(
            server, new HttpUrlConfig { Path = "/good" }, new HttpUrlConfig { Path = "/bad" }));

        Assert.Equal($"{server} answered /bad with status 500", outcome.Detail);
    }

    [Fact]
    public async Task A_reply_that_drips_does_not_outlive_the_timeout()
    {
        Endpoint server = Serve("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", drips: true);
        CheckConfig check = Http(server, new HttpUrlConfig { Path = "/" }) with
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
        };

        ProbeOutcome outcome = await ProbeAsync(check);

        Assert.Equal($"{server} did not finish its answer within 200 ms", outcome.Detail);
    }

    [Fact]
    public async Task A_body_without_end_is_good_by_its_status_and_not_read_to_its_end()
    {
        string body = new('x', (4 * 1024 * 1024) + 1);
        Endpoint server = Serve($"HTTP/1.1 200 OK\r\n\r\n{body}", drips: true);

        Assert.Equal(
            ProbeOutcome.Good, await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" })));
    }

    /// <summary>head -c 4194305 /dev/zero | tr '\\0' x | md5sum</summary>
    [Fact]
    public async Task The_digest_of_a_long_body_is_that_of_all_of_it()
    {
        string body = new('x', (4 * 1024 * 1024) + 1);
        Endpoint server = Serve(Answer(200, body));
        HttpUrlConfig url = new() { Path = "/", Digest = "c37e28fdafdb7319c5822431121bf043" };

        Assert.Equal(ProbeOutcome.Good, await ProbeAsync(Http(server, url)));
    }

    /// <summary>
    /// Health pages of scripts. keepalived 2.2.7 takes all of these by their status line.
    /// </summary>
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nMon Nov 30 12:00:00 UTC 2026\r\n\r\nHello\n")]
    [InlineData("HTTP/1.1 200 OK\r\nhello\r\n: x\r\n a\r\nContent Type: x\r\n\r\nHello\n")]
    [InlineData("HTTP/1.0 200 OK\nhello\n\nHello\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200\r\n\r\nok")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nhello\r\n\r\nHTTP/1.1 200 OK\r\nhello\r\n\r\nok")]
    public async Task An_odd_answer_is_good_by_its_status_line(string answer)
    {
        Endpoint server = Serve(answer);

        Assert.Equal(
            ProbeOutcome.Good, await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" })));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 No\r\nhello\r\n\r\nok")]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 40\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nhello\r\n")]
    [InlineData("hello\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("")]
    public async Task Lenient_is_not_blind(string answer)
    {
        Endpoint server = Serve(answer);

        Assert.False((await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" }))).IsGood);
    }

    [Fact]
    public async Task A_head_without_end_is_not_read_to_its_end()
    {
        Endpoint server = Serve("HTTP/1.1 200 OK\r\n" + new string('x', 70_000), drips: true);

        Assert.False((await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" }))).IsGood);
    }

    /// <summary>The digest is over what has come.</summary>
    [Fact]
    public async Task A_body_shorter_than_its_length_has_a_digest()
    {
        const string Digest = "5d41402abc4b2a76b9719d911017c592"; // printf hello | md5sum
        Endpoint server = Serve("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhello");
        HttpUrlConfig url = new() { Path = "/", Digest = Digest };

        Assert.Equal(ProbeOutcome.Good, await ProbeAsync(Http(server, url)));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_judged_and_not_followed(int status)
    {
        List<string> requests = [];
        Endpoint server = Serve(
            request =>
            {
                requests.Add(request);
                return requests.Count > 1
                    ? Answer(200, string.Empty)
                    : $"HTTP/1.1 {status} Over there\r\nLocation: /there\r\n"
                        + "Content-Length: 0\r\n\r\n";
            });

        ProbeOutcome outcome = await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" }));

        Assert.Equal($"{server} answered / with status {status}", outcome.Detail);
        _ = Assert.Single(requests);
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_fails_the_http_check()
    {
        Endpoint server = Serve("220 mail.example.org ESMTP\r\n");

        ProbeOutcome outcome = await ProbeAsync(Http(server, new HttpUrlConfig { Path = "/" }));

        Assert.False(outcome.IsGood);
        Assert.Contains("does not speak HTTP", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_probe_has_no_outcome_and_its_id_is_free_again()
    {
        Endpoint silent = Serve("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", drips: true);
        Endpoint server = Serve(string.Empty);

        _prober.Start(7, Http(silent, new HttpUrlConfig { Path = "/" }));
        _prober.Cancel(7);
        _prober.Start(7, Tcp(server));

        Assert.Equal((7, ProbeOutcome.Good), await _outcomes.Reader.ReadAsync(Timeout()));
        Assert.False(_outcomes.Reader.TryRead(out _));
    }

    public async ValueTask DisposeAsync()
    {
        await _prober.DisposeAsync();
        await _end.CancelAsync();
        _end.Dispose();
    }

    private static CheckConfig Tcp(Endpoint target) =>
        new() { Kind = CheckKind.Tcp, Target = target, ConnectTimeout = Generous };

    private static CheckConfig Http(Endpoint target, params HttpUrlConfig[] urls) => new()
    {
        Kind = CheckKind.Http,
        Target = target,
        ConnectTimeout = Generous,
        Urls = [.. urls],
    };

    private static string Answer(int status, string body) => status == 204
        ? "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        : $"HTTP/1.1 {status} Whatever\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static Endpoint Unused()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return At(listener);
    }

    private static Endpoint At(TcpListener listener) => new(
        IpAddress.From(IPAddress.Loopback), (ushort)((IPEndPoint)listener.LocalEndpoint).Port);

    private static CancellationToken Timeout() => new CancellationTokenSource(Generous).Token;

    private async Task<ProbeOutcome> ProbeAsync(CheckConfig check)
    {
        _prober.Start(1, check);
        return (await _outcomes.Reader.ReadAsync(Timeout())).Outcome;
    }

    private Endpoint Serve(string answer, List<string>? requests = null, bool drips = false) =>
        Serve(
            request =>
            {
                requests?.Add(request);
                return answer;
            },
            drips);

    /// <summary>
    /// Answers each connection's request with fixed octets, then closes or drips.
    /// </summary>
    private Endpoint Serve(Func<string, string> answer, bool drips = false)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _ = _end.Token.Register(listener.Dispose);
        _ = Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                Socket client = await listener.AcceptSocketAsync(_end.Token);
                _ = Task.Run(() => AnswerAsync(client, answer, drips));
            }
        });
        return At(listener);
    }

    private async Task AnswerAsync(Socket client, Func<string, string> answer, bool drips)
    {
        using (client)
        {
            byte[] buffer = new byte[4096];
            int length = await client.ReceiveAsync(buffer, _end.Token);
            string request = Encoding.ASCII.GetString(buffer, 0, length);
            _ = await client.SendAsync(Encoding.ASCII.GetBytes(answer(request)), _end.Token);
            while (drips)
            {
                await Task.Delay(20, _end.Token);
                _ = await client.SendAsync("x"u8.ToArray(), _end.Token);
            }

            client.Shutdown(SocketShutdown.Send);
            while (await client.ReceiveAsync(buffer, _end.Token) > 0)
            {
            }
        }
    }
}
