using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;

namespace Steelyard.Host.Api;

/// <summary>A running box, asked over its control socket.</summary>
public sealed class ControlClient : IBoxControl, IDisposable
{
    private readonly string _path;
    private readonly HttpClient _http;

    public ControlClient(string path)
    {
        _path = path;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        _http = new(handler)
        {
            BaseAddress = new("http://steelyard/"),
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public async Task<BoxStatus> StatusAsync(CancellationToken cancellationToken) =>
        await GetAsync("v1/status", ApiJson.Default.BoxStatus, cancellationToken);

    /// <summary>
    /// The status as the box wrote it: fields that this program does not know included.
    /// </summary>
    public async Task<string> StatusJsonAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(
            new(HttpMethod.Get, "v1/status"), cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken) =>
        PostAsync(
            "v1/failover",
            new FailoverRequest(router, force),
            ApiJson.Default.FailoverRequest,
            cancellationToken);

    public Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken) =>
        AskAsync(new(HttpMethod.Post, "v1/reload"), cancellationToken);

    public Task<ControlAnswer> SetMaintenanceAsync(bool on, CancellationToken cancellationToken) =>
        PostAsync(
            "v1/maintenance",
            new MaintenanceRequest(on),
            ApiJson.Default.MaintenanceRequest,
            cancellationToken);

    public Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        string protocol = question.Protocol.ToString().ToLowerInvariant();
        string client = Uri.EscapeDataString(question.Client.ToString());
        string target = Uri.EscapeDataString(question.Virtual.ToString());
        return GetAsync(
            $"v1/explain?protocol={protocol}&client={client}&virtual={target}",
            ApiJson.Default.ExplainAnswer,
            cancellationToken);
    }

    public async Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken)
    {
        ConnectionPage page = await GetAsync(
            $"v1/connections?limit={limit}", ApiJson.Default.ConnectionPage, cancellationToken);
        return [.. page.Connections.Select(entry => entry.ToRecord())];
    }

    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        GetAsync("v1/services", ApiJson.Default.IpvsListing, cancellationToken);

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken) =>
        PostAsync("v1/services/change", change, ApiJson.Default.IpvsChange, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<T> GetAsync<T>(
        string target, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(
            new(HttpMethod.Get, target), cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private static async Task RequireSuccessAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            ControlAnswer refusal = await ReadProblemAsync(response, cancellationToken);
            throw new BoxRefusedException(refusal.Sentence);
        }
    }

    private Task<ControlAnswer> PostAsync<T>(
        string target, T wish, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        ByteArrayContent body = new(JsonSerializer.SerializeToUtf8Bytes(wish, type));
        body.Headers.ContentType = new("application/json");
        return AskAsync(new(HttpMethod.Post, target) { Content = body }, cancellationToken);
    }

    private async Task<ControlAnswer> AskAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode
            ? await ReadAsync(response, ApiJson.Default.ControlAnswer, cancellationToken)
            : await ReadProblemAsync(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            {
                return await _http.SendAsync(request, cancellationToken);
            }
        }
        catch (HttpRequestException failure)
        {
            throw new NoBoxException(Explain(failure), failure);
        }
        catch (TaskCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoBoxException($"the box on {_path} does not answer", late);
        }
    }

    private string Explain(HttpRequestException failure) => failure.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            $"no right to ask the box on {_path}: be root, or a member of the socket's group",
        SocketException when !File.Exists(_path) =>
            $"no box answers: there is no {_path} (is 'steelyard run' up? --socket names another)",
        SocketException => $"no box answers: nobody listens on {_path}",
        _ => $"the box on {_path} broke off: {failure.Message}",
    };

    private static async Task<ControlAnswer> ReadProblemAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            Problem problem =
                await ReadAsync(response, ApiJson.Default.Problem, cancellationToken);
            return ControlAnswer.Refused(problem.Error, problem.Sentence);
        }
        catch (BoxRefusedException)
        {
            HttpStatusCode code = response.StatusCode;
            return ControlAnswer.Refused("unknown", $"the box answered {(int)code} {code}");
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            T? value = await JsonSerializer.DeserializeAsync(body, type, cancellationToken);
            return value ?? throw new BoxRefusedException("the box answered nothing");
        }
        catch (JsonException wrong)
        {
            throw new BoxRefusedException(
                $"the box's answer is not understood (another version?): {wrong.Message}", wrong);
        }
    }
}

/// <summary>A question has no answer: nobody is there, or the box says no.</summary>
public abstract class BoxException : Exception
{
    protected BoxException(string sentence)
        : base(sentence)
    {
    }

    protected BoxException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }

    protected BoxException()
    {
    }
}

/// <summary>No box answers; the message says why.</summary>
public sealed class NoBoxException : BoxException
{
    public NoBoxException(string sentence)
        : base(sentence)
    {
    }

    public NoBoxException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }

    public NoBoxException()
    {
    }
}

/// <summary>The box said no to a question; the message is its sentence.</summary>
public sealed class BoxRefusedException : BoxException
{
    public BoxRefusedException(string sentence)
        : base(sentence)
    {
    }

    public BoxRefusedException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }

    public BoxRefusedException()
    {
    }
}
