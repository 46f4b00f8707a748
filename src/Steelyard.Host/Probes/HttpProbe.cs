using System;
using System.Buffers;
using System.Collections.Immutable;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Probes;

/// <summary>
/// <c>HTTP_GET</c>: every url must answer with a good status and, where one is given, the body of
/// the known digest. Each url is asked over a connection of its own, as clients would.
/// </summary>
internal sealed class HttpProbe : IDisposable
{
    // Health pages are small. A longer one is not read to its end, unless its digest is wanted.
    private const int LongestBody = 4 * 1024 * 1024;
    private const int LongestHashedBody = 64 * 1024 * 1024;
    private const int ReadSize = 16 * 1024;

    private static readonly ImmutableArray<(int First, int Last)> Success = [(200, 299)];
    private static readonly HttpRequestOptionsKey<Endpoint> TargetKey = new("target");

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        ConnectCallback = ConnectAsync,
        PooledConnectionLifetime = TimeSpan.Zero,
        ResponseDrainTimeout = TimeSpan.Zero,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    });

    public async Task<ProbeOutcome> RunAsync(CheckConfig check, CancellationToken deadline)
    {
        ImmutableArray<HttpUrlConfig> urls =
            check.Urls.IsDefaultOrEmpty ? [new HttpUrlConfig { Path = "/" }] : check.Urls;
        foreach (HttpUrlConfig url in urls)
        {
            ProbeOutcome outcome = await AskAsync(check, url, deadline);
            if (!outcome.IsGood)
            {
                return outcome;
            }
        }

        return ProbeOutcome.Good;
    }

    public void Dispose() => _client.Dispose();

    private async Task<ProbeOutcome> AskAsync(
        CheckConfig check, HttpUrlConfig url, CancellationToken deadline)
    {
        if (!TryRequest(check, url, out HttpRequestMessage request))
        {
            return ProbeOutcome.Bad($"'{url.Path}' is no path that can be asked for");
        }

        using (request)
        {
            try
            {
                using HttpResponseMessage response = await _client.SendAsync(request, deadline);
                int longest = url.Digest is null ? LongestBody : LongestHashedBody;
                string? digest = await DigestAsync(response, longest, deadline);
                return Judge(check.Target, url, (int)response.StatusCode, digest);
            }
            catch (HttpRequestException failure)
            {
                return ProbeOutcome.Bad(Explain(check.Target, failure));
            }
            catch (IOException failure)
            {
                return ProbeOutcome.Bad($"{check.Target} broke off its answer: {failure.Message}");
            }
        }
    }

    private static ProbeOutcome Judge(
        Endpoint target, HttpUrlConfig url, int status, string? digest)
    {
        if (!IsGood(url.StatusCodes, status))
        {
            return ProbeOutcome.Bad($"{target} answered {url.Path} with status {status}");
        }

        if (digest is null && url.Digest is not null)
        {
            return ProbeOutcome.Bad(
                $"{target} answered {url.Path} with more than 64 MiB, too much for a digest");
        }

        bool agrees = url.Digest is null
            || string.Equals(url.Digest, digest, StringComparison.OrdinalIgnoreCase);
        return agrees
            ? ProbeOutcome.Good
            : ProbeOutcome.Bad($"{target} answered {url.Path} with digest {digest}");
    }

    private static bool IsGood(ImmutableArray<(int First, int Last)> ranges, int status)
    {
        foreach ((int first, int last) in ranges.IsDefaultOrEmpty ? Success : ranges)
        {
            if (status >= first && status <= last)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryRequest(
        CheckConfig check, HttpUrlConfig url, out HttpRequestMessage request)
    {
        string path = url.Path.StartsWith('/') ? url.Path : "/" + url.Path;
        UriCreationOptions asWritten = new()
        {
            DangerousDisablePathAndQueryCanonicalization = true,
        };
        bool isUri = Uri.TryCreate($"http://{check.Target}{path}", asWritten, out Uri? uri);
        request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Options.Set(TargetKey, check.Target);
        request.Headers.ConnectionClose = true;
        _ = request.Headers.TryAddWithoutValidation("User-Agent", "Steelyard");
        if ((url.VirtualHost ?? check.VirtualHost) is string host)
        {
            _ = request.Headers.TryAddWithoutValidation("Host", host);
        }

        return isUri;
    }

    /// <summary>
    /// MD5 of the body in lower-case hexadecimal, as genhash prints it; null: too long. A body
    /// that ends before its length does, or whose next chunk is none, has ended.
    /// </summary>
    private static async Task<string?> DigestAsync(
        HttpResponseMessage response, int longest, CancellationToken deadline)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await using Stream body = await response.Content.ReadAsStreamAsync(deadline);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int total = 0;
            int length;
            while ((length = await body.ReadAsync(buffer, deadline)) > 0)
            {
                total += length;
                if (total > longest)
                {
                    return null;
                }

                hash.AppendData(buffer, 0, length);
            }
        }
        catch (HttpIOException ended) when (ended.HttpRequestError
            is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse)
        {
            // keepalived logs that the length does not agree, reads no chunks, and goes by the
            // status.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken deadline)
    {
        _ = context.InitialRequestMessage.Options.TryGetValue(TargetKey, out Endpoint target);
        return new LenientHead(
            new NetworkStream(await TcpProbe.ConnectAsync(target, deadline), ownsSocket: true));
    }

    private static string Explain(Endpoint target, HttpRequestException failure) =>
        failure.InnerException switch
        {
            SocketException refusal => ProbeWords.Refusal(target, refusal),
            IOException { InnerException: SocketException reset } =>
                ProbeWords.Refusal(target, reset),
            _ => $"{target} does not speak HTTP: {failure.Message}",
        };
}
