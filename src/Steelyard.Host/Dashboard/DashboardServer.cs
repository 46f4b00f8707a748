using System;
using System.Collections.Frozen;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using Steelyard.Host.Logging;
using Steelyard.Host.Mqtt;
using Endpoint = Steelyard.Core.Wire.Endpoint;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// The page that the box serves, and the broker's WebSocket at <c>/mqtt</c> beside it. A port
/// that is taken is said once, with its holder, and tried again while the box works on.
/// </summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private const int RequestsMost = 128;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(3);

    private static readonly Lazy<FrozenDictionary<string, Asset>> Assets = new(Asset.LoadAll);

    private readonly EmbeddedBroker _broker;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private CancellationTokenSource _stop = new();
    private TaskCompletionSource<IPEndPoint> _bound = NewBound();
    private Endpoint? _listen;
    private Task _run = Task.CompletedTask;

    public DashboardServer(EmbeddedBroker broker, ILoggerFactory loggers)
    {
        _broker = broker;
        _loggers = loggers;
        _log = loggers.CreateLogger<DashboardServer>();
    }

    /// <summary>Ends when the page is served, with where: a port of 0 finds a free one.</summary>
    public Task<IPEndPoint> Bound => _bound.Task;

    /// <summary>Serves the page there from now on; elsewhere no more.</summary>
    /// <returns>Ends after the first try, whether it succeeded or not.</returns>
    public async Task StartAsync(Endpoint listen)
    {
        if (_listen == listen)
        {
            return;
        }

        await StopAsync();
        _listen = listen;
        _stop = new();
        _bound = NewBound();
        TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _run = Task.Run(() => RunAsync(listen, tried));
        await tried.Task;
    }

    public async Task StopAsync()
    {
        _listen = null;
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
        _stop = new();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(Endpoint listen, TaskCompletionSource tried)
    {
        bool saidTaken = false;
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using WebApplication app = Build(listen);
                await app.StartAsync(stop);
                Announce(app);
                tried.TrySetResult();
                await Task.Delay(Timeout.Infinite, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
                await app.StopAsync(patience.Token);
            }
            catch (Exception failure) when (
                failure is IOException or SocketException or AddressInUseException)
            {
                if (!saidTaken)
                {
                    saidTaken = true;
                    Log.DashboardPortTaken(_log, ListenFault.Describe(listen, failure));
                }

                tried.TrySetResult();
                await Task.Delay(RetryDelay, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        tried.TrySetResult();
    }

    private WebApplication Build(Endpoint listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = RequestsMost;
            kestrel.Limits.MaxConcurrentUpgradedConnections = RequestsMost;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(listen.Address.ToIPAddress(), listen.Port);
        });
        builder.Services.AddSingleton<ILoggerFactory>(new QuietLoggers(_loggers));
        builder.Services.AddRoutingCore();
        builder.Services.AddConnections();
        builder.Services.AddSingleton(_broker);
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.UseRouting();
        app.Use(GuardAsync);
        app.MapConnectionHandler<EmbeddedBroker>("/mqtt", options =>
        {
            options.Transports = HttpTransportType.WebSockets;
            options.WebSockets.SubProtocolSelector = MqttSubProtocolSelector.SelectSubProtocol;
        });
        app.Use((HttpContext context, RequestDelegate next) =>
            context.GetEndpoint() is null ? ServeAsync(context) : next(context));
        return app;
    }

    private void Announce(WebApplication app)
    {
        string address = string.Empty;
        foreach (string each in app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses)
        {
            address = each;
        }

        _bound.TrySetResult(IPEndPoint.Parse(new Uri(address).Authority));
        Log.DashboardServed(_log, address);
    }

    private Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        PageSecurity.Protect(context);
        if (!PageSecurity.IsOwnName(context.Request.Host, _broker.Box))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync(
                "This box is not called so. Ask for it by its address or by its own name.\n");
        }

        if (context.Request.Path == "/mqtt" && !PageSecurity.MayListen(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static async Task ServeAsync(HttpContext context)
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

    private static TaskCompletionSource<IPEndPoint> NewBound() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
