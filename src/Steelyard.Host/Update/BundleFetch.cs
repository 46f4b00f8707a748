using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Update;

/// <summary>
/// Fetches a bundle over HTTP into a folder. What broke off goes on where it was, also in a later
/// try, as long as the server says that the file is the same.
/// </summary>
/// <param name="mostBytes">What is larger is refused.</param>
/// <param name="pause">Waits before the next try.</param>
internal sealed class BundleFetch(
    HttpMessageInvoker http,
    string folder,
    long mostBytes,
    Func<TimeSpan, CancellationToken, Task> pause)
{
    /// <summary>Ten times the bundle of today.</summary>
    public const long UsualMostBytes = 1L << 30;

    private const int MostTries = 5;
    private const int ShareBytes = 64 * 1024;

    /// <summary>A network that brings nothing for so long has broken off.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(3);

    private readonly string _path = Path.Combine(folder, "bundle.raucb");
    private readonly PartialFile _part = new(Path.Combine(folder, "bundle.part"));

    /// <summary>It is an address, not a file's name.</summary>
    public static bool IsAddress(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path of the whole file; whoever asked for it removes it.</summary>
    /// <param name="onProgress">Bytes that are here, and of how many.</param>
    /// <exception cref="UpdateRefusedException">It cannot be had.</exception>
    public async Task<string> FetchAsync(
        Uri address, Action<long, long?> onProgress, CancellationToken cancellation)
    {
        File.Delete(_path);
        for (int tries = 1; ; tries++)
        {
            try
            {
                await TryAsync(address, onProgress, cancellation);
                _part.Finish(_path);
                return _path;
            }
            catch (HttpRequestException broken) when (tries == MostTries)
            {
                throw new UpdateRefusedException(
                    $"{address} cannot be fetched: {broken.Message}", broken);
            }
            catch (HttpRequestException)
            {
                await pause(BetweenTries, cancellation);
            }
            catch (IOException failure)
            {
                throw new UpdateRefusedException(
                    $"the bundle cannot be kept in {folder}: {failure.Message}", failure);
            }
        }
    }

    private async Task TryAsync(
        Uri address, Action<long, long?> onProgress, CancellationToken cancellation)
    {
        using CancellationTokenSource stall =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await GoOnAsync(address, onProgress, stall);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"nothing came for {Stall.TotalSeconds:0} s");
        }
    }

    private async Task GoOnAsync(
        Uri address, Action<long, long?> onProgress, CancellationTokenSource stall)
    {
        stall.CancelAfter(Stall);
        string? validator = _part.ValidatorOf(address);
        long from = validator is null ? 0 : _part.Length;
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.TryAddWithoutValidation("If-Range", validator);
        }

        using HttpResponseMessage answer = await http.SendAsync(request, stall.Token);
        bool goesOn = answer.StatusCode == HttpStatusCode.PartialContent
            && answer.Content.Headers.ContentRange?.From == from;
        if (!goesOn && answer.StatusCode != HttpStatusCode.OK)
        {
            _part.Delete();
            string said = $"{(int)answer.StatusCode} {answer.ReasonPhrase}";
            throw (int)answer.StatusCode is >= 400 and < 500 and not 416
                ? new UpdateRefusedException($"{address} cannot be fetched: {said}")
                : new HttpRequestException(said);
        }

        from = goesOn ? from : 0;
        long? total = from + answer.Content.Headers.ContentLength;
        RequireRoom(address, from, total);
        _part.Begin(address, answer.Headers.ETag, keeps: goesOn);
        await CopyAsync(address, answer.Content, from, total, onProgress, stall);
    }

    private void RequireRoom(Uri address, long from, long? total)
    {
        RequireBound(address, total ?? 0);
        long free = new DriveInfo(folder).AvailableFreeSpace;
        long wanted = (total ?? from) - from;
        if (wanted > free)
        {
            throw new UpdateRefusedException(
                $"the bundle does not fit into {folder}: {Megabytes(wanted)} "
                + $"are wanted, {Megabytes(free)} are free");
        }
    }

    private void RequireBound(Uri address, long bytes)
    {
        if (bytes > mostBytes)
        {
            _part.Delete();
            throw new UpdateRefusedException(
                $"{address} is no bundle for this box: it has more than {Megabytes(mostBytes)}");
        }
    }

    private async Task CopyAsync(
        Uri address,
        HttpContent content,
        long from,
        long? total,
        Action<long, long?> onProgress,
        CancellationTokenSource stall)
    {
        await using Stream body = await content.ReadAsStreamAsync(stall.Token);
        await using FileStream file = _part.Append();
        byte[] share = new byte[ShareBytes];
        long here = from;
        int length;
        while ((length = await ReadAsync(body, share, stall.Token)) > 0)
        {
            stall.CancelAfter(Stall);
            here += length;
            RequireBound(address, here);
            await file.WriteAsync(share.AsMemory(0, length), stall.Token);
            onProgress(here, total);
        }

        if (total is long wanted && here < wanted)
        {
            throw new HttpRequestException($"it broke off after {here} of {wanted} bytes");
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>A network that fails is told from a disk that does.</summary>
    private static async Task<int> ReadAsync(
        Stream body, byte[] share, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(share, cancellation);
        }
        catch (IOException broken)
        {
            throw new HttpRequestException(broken.Message, broken);
        }
    }

    internal static string Megabytes(long bytes) => $"{bytes / 1_000_000} MB";
}
