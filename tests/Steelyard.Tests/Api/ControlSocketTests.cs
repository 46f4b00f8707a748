using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Tests.Api;

/// <summary>The control API over a real Unix socket in a folder of its own.</summary>
public sealed class ControlSocketTests : IAsyncLifetime
{
    private static readonly ServiceKey Web =
        new(TransportProtocol.Tcp, IpAddress.Parse("10.9.0.1"), 80);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly FakeBox _box = new();
    private ControlSocket _socket = null!;
    private ControlClient _client = null!;

    private string SocketPath => Path.Combine(_folder.FullName, "control.sock");

    public async Task InitializeAsync()
    {
        _socket = await ControlSocket.StartAsync(SocketPath, _box, CancellationToken.None);
        _client = new(SocketPath);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _socket.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_socket_is_for_owner_and_group_alone()
    {
        UnixFileMode mode = File.GetUnixFileMode(SocketPath);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            mode);
    }

    [Fact]
    public void Nothing_but_the_socket_and_its_lock_lies_in_the_folder()
    {
        Assert.Equal(
            ["control.sock", "control.sock.lock"],
            _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order());
    }

    [Fact]
    public async Task A_status_arrives_whole()
    {
        BoxStatus status = await _client.StatusAsync(CancellationToken.None);

        Assert.Equal("box-a", status.Box);
        Assert.Equal("192.168.100.1/24", Assert.Single(status.VirtualRouters[0].Addresses));
        Assert.Equal(50_000, status.Services[0].RealServers[0].InBytes);
        Assert.Equal(7, status.Ports[0].Drops["not_ours"]);
    }

    /// <summary>The names are a promise to scripts.</summary>
    [Fact]
    public async Task A_status_has_the_promised_names()
    {
        string json = await _client.StatusJsonAsync(CancellationToken.None);

        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        Assert.Equal(12.5, root.GetProperty("uptime_s").GetDouble());
        JsonElement router = root.GetProperty("virtual_routers")[0];
        Assert.Equal(
            "name state vrid priority interface addresses since transitions advert_faults",
            string.Join(' ', router.EnumerateObject().Select(property => property.Name)));
        JsonElement service = root.GetProperty("services")[0];
        Assert.Equal("tcp 192.168.100.1:80", service.GetProperty("service").GetString());
        JsonElement server = service.GetProperty("real_servers")[0];
        foreach (string name in "address method weight effective_weight health active inactive "
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["connections", "in_packets", "out_packets", "in_bytes", "out_bytes"]))
        {
            Assert.True(server.TryGetProperty(name, out _), name);
        }

        JsonElement port = root.GetProperty("ports")[0];
        Assert.Equal(10, port.GetProperty("rx_packets").GetInt64());
        Assert.Equal(7, port.GetProperty("drops").GetProperty("not_ours").GetInt64());
        Assert.Equal("off", root.GetProperty("fast_path").GetProperty("mode").GetString());
        Assert.Equal("on", root.GetProperty("panel").GetProperty("ready").GetString());
    }

    [Fact]
    public async Task Wishes_reach_the_box()
    {
        await _client.FailoverAsync("outside", true, CancellationToken.None);
        await _client.FailoverAsync(null, false, CancellationToken.None);
        await _client.ReloadAsync(CancellationToken.None);
        await _client.SetMaintenanceAsync(true, CancellationToken.None);

        Assert.Equal(
            ["failover outside by force", "failover all in peace", "reload", "maintenance on"],
            _box.Asked);
    }

    [Fact]
    public async Task A_refusal_arrives_with_its_word_and_sentence()
    {
        _box.NextAnswer = ControlAnswer.Refused("no_twin", "no living twin can take over");

        ControlAnswer answer = await _client.FailoverAsync(null, false, CancellationToken.None);

        Assert.Equal(new(false, "no_twin", "no living twin can take over"), answer);
    }

    [Fact]
    public async Task A_question_where_a_packet_goes_is_carried_both_ways()
    {
        ExplainQuestion question = new(
            TransportProtocol.Udp,
            new(IpAddress.Parse("10.0.0.9"), 4000),
            new(IpAddress.Parse("2001:db8::1"), 53));

        ExplainAnswer answer = await _client.ExplainAsync(question, CancellationToken.None);

        Assert.Equal(["explain Udp 10.0.0.9:4000 [2001:db8::1]:53"], _box.Asked);
        Assert.Equal(ExplainVerdict.Forward, answer.Verdict);
        Assert.Equal("wlc picks 10.0.0.11:8080", answer.Steps[1]);
    }

    [Fact]
    public async Task Connections_arrive_up_to_the_bound()
    {
        _box.Connections = [FakeBox.Connection(1), FakeBox.Connection(2), FakeBox.Connection(3)];

        ImmutableArray<ConnectionRecord> two =
            await _client.ConnectionsAsync(2, CancellationToken.None);

        Assert.Equal([FakeBox.Connection(1), FakeBox.Connection(2)], two.ToArray());
    }

    [Fact]
    public async Task A_change_of_services_arrives_as_it_was_sent()
    {
        IpvsChange service = new(IpvsVerb.AddService, new(Web)
        {
            Settings = new()
            {
                Scheduler = "mh",
                Flags = SchedulerFlags.Fallback | SchedulerFlags.Port,
                Persistence = new(TimeSpan.FromSeconds(300), 0xFFFF_FF00, 64),
                PersistenceEngine = "sip",
                IsOnePacket = false,
            },
        });
        IpvsChange server = new(
            IpvsVerb.AddServer, new(Web), new(new(IpAddress.Parse("10.1.0.11"), 80))
            {
                Settings = new()
                {
                    Method = ForwardingMethod.Tunnel,
                    Weight = 7,
                    UpperThreshold = 9,
                    LowerThreshold = 4,
                    Tunnel = new(TunnelKind.Gue, 6080, TunnelChecksum.Remote),
                },
            });

        ControlAnswer first = await _client.ChangeServicesAsync(service, CancellationToken.None);
        ControlAnswer second = await _client.ChangeServicesAsync(server, CancellationToken.None);

        Assert.True(first.IsDone && second.IsDone);
        Assert.Equal([service, server], _box.Changes);
    }

    [Theory]
    [InlineData("{\"verb\":\"add_service\",\"service\":{\"key\":{\"protocol\":\"tcp\","
        + "\"address\":\"10.9.0.1\",\"port\":80}}}", "'settings' is missing")]
    [InlineData("{\"verb\":\"add_service\",\"service\":{\"key\":{\"protocol\":\"tcp\","
        + "\"address\":\"10.9.0.1\",\"port\":0},\"settings\":{\"scheduler\":\"rr\","
        + "\"persistence_engine\":\"\"}}}", "must be persistent")]
    [InlineData("{\"verb\":\"add_service\",\"service\":{\"key\":{\"protocol\":\"tcp\","
        + "\"address\":\"10.9.0.1\",\"port\":80},\"settings\":{\"persistence\":"
        + "{\"timeout_s\":0,\"netmask\":\"255.255.255.255\"}}}}", "wants a time")]
    [InlineData("{\"verb\":\"delete_server\",\"service\":{\"key\":{\"mark\":1}}}",
        "'server' is missing")]
    public async Task What_is_no_change_does_not_reach_the_box(string body, string sentence)
    {
        (int status, string text) = await RawAsync("POST", "/v1/services/change", body);

        Assert.InRange(status, 400, 409);
        Assert.Contains(
            sentence,
            JsonDocument.Parse(text).RootElement.GetProperty("sentence").GetString(),
            StringComparison.Ordinal);
        Assert.Empty(_box.Changes);
    }

    [Theory]
    [InlineData("POST", "/v1/failover", "{\"routr\":\"outside\"}", 400)]
    [InlineData("POST", "/v1/failover", "{", 400)]
    [InlineData("POST", "/v1/failover", "null", 400)]
    [InlineData("POST", "/v1/maintenance", "{}", 400)]
    [InlineData("POST", "/v1/services/change", "{\"verb\":5}", 400)]
    [InlineData("GET", "/v1/explain?client=10.0.0.1&virtual=10.0.0.2:80", "", 400)]
    [InlineData("GET", "/v1/connections?limit=65537", "", 400)]
    [InlineData("GET", "/v1/nothing", "", 404)]
    public async Task A_bad_request_is_explained_and_does_nothing(
        string method, string target, string body, int expected)
    {
        (int status, string text) = await RawAsync(method, target, body);

        Assert.Equal(expected, status);
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.NotEmpty(document.RootElement.GetProperty("error").GetString()!);
        Assert.NotEmpty(document.RootElement.GetProperty("sentence").GetString()!);
        Assert.Empty(_box.Asked);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        string body = "{\"router\":\"" + new string('x', ControlApi.MaximumBodyBytes) + "\"}";

        (int status, _) = await RawAsync("POST", "/v1/failover", body);

        Assert.Equal(413, status);
        Assert.Empty(_box.Asked);
    }

    [Fact]
    public async Task A_second_box_on_the_same_socket_hears_who_holds_it()
    {
        ControlSocketException taken = await Assert.ThrowsAsync<ControlSocketException>(
            () => ControlSocket.StartAsync(SocketPath, _box, CancellationToken.None));

        Assert.Contains(
            $"process {Environment.ProcessId} ", taken.Message, StringComparison.Ordinal);
        Assert.Equal("box-a", (await _client.StatusAsync(CancellationToken.None)).Box);
    }

    [Fact]
    public async Task Another_programs_socket_is_left_alone_and_named()
    {
        string path = Path.Combine(_folder.FullName, "foreign.sock");
        using Socket foreign = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        foreign.Bind(new UnixDomainSocketEndPoint(path));
        foreign.Listen();

        ControlSocketException taken = await Assert.ThrowsAsync<ControlSocketException>(
            () => ControlSocket.StartAsync(path, _box, CancellationToken.None));

        Assert.Contains(
            $"process {Environment.ProcessId} ", taken.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_dead_boxs_socket_file_is_replaced()
    {
        string path = Path.Combine(_folder.FullName, "dead.sock");
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Its own Dispose would remove the name that it was bound to.
            dead.Bind(new UnixDomainSocketEndPoint(path + ".born"));
            File.Move(path + ".born", path);
        }

        Assert.True(File.Exists(path));
        await using ControlSocket socket =
            await ControlSocket.StartAsync(path, _box, CancellationToken.None);

        using ControlClient client = new(path);
        Assert.Equal("box-a", (await client.StatusAsync(CancellationToken.None)).Box);
    }

    [Fact]
    public async Task A_box_that_ends_takes_its_socket_along_and_another_may_start()
    {
        await _socket.DisposeAsync();

        Assert.False(File.Exists(SocketPath));
        NoBoxException none = await Assert.ThrowsAsync<NoBoxException>(
            () => new ControlClient(SocketPath).StatusAsync(CancellationToken.None));
        Assert.Contains(SocketPath, none.Message, StringComparison.Ordinal);
        _socket = await ControlSocket.StartAsync(SocketPath, _box, CancellationToken.None);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        string path = Path.Combine(_folder.FullName, "letter.txt");
        await File.WriteAllTextAsync(path, "dear twin");

        ControlSocketException wrong = await Assert.ThrowsAsync<ControlSocketException>(
            () => ControlSocket.StartAsync(path, _box, CancellationToken.None));

        Assert.Contains("is no socket", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("dear twin", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_box_that_cannot_answer_is_not_taken_for_its_status()
    {
        _box.IsStuck = true;
        using ControlClient client = new(SocketPath);

        await Assert.ThrowsAsync<BoxRefusedException>(
            () => client.StatusJsonAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_said_to_be()
    {
        string path = Path.Combine(_folder.FullName, new string('x', 100), "control.sock");

        ControlSocketException wrong = await Assert.ThrowsAsync<ControlSocketException>(
            () => ControlSocket.StartAsync(path, _box, CancellationToken.None));

        Assert.Contains("too long", wrong.Message, StringComparison.Ordinal);
    }

    private async Task<(int Status, string Text)> RawAsync(
        string method, string target, string body)
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(
                    AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using HttpClient http = new(handler);
        using HttpRequestMessage request = new(new(method), "http://box" + target);
        if (method == "POST")
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
