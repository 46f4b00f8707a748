using System;
using System.Collections.Frozen;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Steelyard.Host.Dashboard;

/// <summary>The page's files, from memory, for those who may have them.</summary>
internal static class PageAnswer
{
    private static readonly Lazy<FrozenDictionary<string, Asset>> Assets = new(Asset.LoadAll);

    public static async Task WriteAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        string path = request.Path == "/" ? "/index.html" : request.Path.Value ?? string.Empty;
        if (!Assets.Value.TryGetValue(path, out Asset? asset))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync("There is nothing here. The dashboard is at /\n");
            return;
        }

        bool isGet = HttpMethods.IsGet(request.Method);
        if (!isGet && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        response.Headers.ETag = asset.ETag;
        response.Headers.CacheControl = "no-cache"; // Keep it, but ask whether it is the same.
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString().Contains(asset.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        bool packs = request.Headers.AcceptEncoding.ToString()
            .Contains("gzip", StringComparison.OrdinalIgnoreCase);
        byte[] body = packs ? asset.Compressed : asset.Plain;
        if (packs)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = body.Length;
        if (isGet)
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
