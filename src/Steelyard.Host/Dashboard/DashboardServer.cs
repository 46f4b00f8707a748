using System;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Listening;
using Steelyard.Host.Logging;
using Steelyard.Host.Mqtt;
using Endpoint = Steelyard.Core.Wire.Endpoint;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// The page that the box serves, and the broker's WebSocket at <c>/mqtt</c> beside it. A port
/// that is taken, or a certificate that is missing, is said once, and tried again while the box
/// works on.
/// </summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private const string Room = "dashboard";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(3);

    // A browser sends the head of a request whole. Who takes longer keeps a place from others.
    private static readonly TimeSpan HeadMost = TimeSpan.FromSeconds(5);

    // Between two requests: a page asks for all that it needs within a second.
    private static readonly TimeSpan IdleMost = TimeSpan.FromSeconds(20);

    // A browser answers a ping by itself: one that does not is gone without a word.
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(20);

    private readonly EmbeddedBroker _broker;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private CancellationTokenSource _stop = new();
    private TaskCompletionSource<IPEndPoint> _bound = NewBound();
    private Endpoint? _listen;
    private TlsDoor? _door;
    private PageAccess _access = PageAccess.Own;
    private Task _run = Task.CompletedTask;

    public DashboardServer(EmbeddedBroker broker, ILoggerFactory loggers)
    {
        _broker = broker;
        _loggers = loggers;
        _log = loggers.CreateLogger<DashboardServer>();
    }

    /// <summary>The twin as it is known now: its page may listen, and is listened to.</summary>
    public TwinStatus? Twin { get; set; }

    /// <summary>Where it says for how long it cannot be served.</summary>
    public StandingWarnings Warnings { get; init; } = new();

    /// <summary>Ends when the page is served, with where: a port of 0 finds a free one.</summary>
    public Task<IPEndPoint> Bound => _bound.Task;

    /// <summary>
    /// Serves the page there from now on; elsewhere no more. Said again, it takes the
    /// certificate's files anew.
    /// </summary>
    /// <param name="certificate">With which it is served over HTTPS; none means HTTP.</param>
    /// <param name="access">Who else may ask for it.</param>
    /// <returns>Ends after the first try, whether it succeeded or not.</returns>
    public async Task StartAsync(
        Endpoint listen, CertificateConfig? certificate = null, PageAccess? access = null)
    {
        access ??= PageAccess.Own;
        if (_listen == listen && _door?.Files == certificate && _access == access)
        {
            Renew();
            return;
        }

        await StopAsync();
        TlsDoor? door = certificate is null ? null : new(certificate);
        _listen = listen;
        _door = door;
        _access = access;
        _stop = new();
        _bound = NewBound();
        TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _run = Task.Run(() => RunAsync(listen, door, tried));
        await tried.Task;
    }

    public async Task StopAsync()
    {
        _listen = null;
        _door = null;
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

    private async Task RunAsync(Endpoint listen, TlsDoor? door, TaskCompletionSource tried)
    {
        string? said = null;
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            string? fault = await TryAsync(listen, door, tried, stop);
            if (fault is null)
            {
                break;
            }

            if (fault != said)
            {
                said = fault;
                Log.DashboardFault(_log, fault);
                Warnings.Set(Room, $"the dashboard is not served: {fault}");
            }

            tried.TrySetResult();
            await Task.Delay(RetryDelay, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Warnings.Set(Room);
        tried.TrySetResult();
    }

    /// <returns>Null when it was told to stop; else why it is not served.</returns>
    private async Task<string?> TryAsync(
        Endpoint listen, TlsDoor? door, TaskCompletionSource tried, CancellationToken stop)
    {
        try
        {
            return Open(door) ?? await ServeAsync(listen, door, tried, stop);
        }
#pragma warning disable CA1031 // Whatever a server or a certificate threw, it is tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return ListenFault.Describe(listen, failure);
        }
    }

    /// <summary>Sees to it that there is a certificate if one is needed.</summary>
    /// <returns>Null when there is; else a sentence.</returns>
    private string? Open(TlsDoor? door)
    {
        if (door is null || door.IsOpen)
        {
            return null;
        }

        (string? fingerprint, string? fault) = door.Take();
        if (fingerprint is not null)
        {
            Log.DashboardCertificate(_log, fingerprint);
        }

        return fault;
    }

    /// <summary>The same files may hold another certificate by now.</summary>
    private void Renew()
    {
        if (_door is not { IsOpen: true } door)
        {
            return; // It is being tried.
        }

        (string? fingerprint, string? fault) = door.Take();
        if (fingerprint is not null)
        {
            Log.DashboardCertificate(_log, fingerprint);
        }
        else if (fault is not null)
        {
            Log.DashboardKeeps(_log, fault);
        }
    }

    /// <summary>Serves until it is told to stop.</summary>
    /// <returns>Null after that; a sentence when it could not begin.</returns>
    private async Task<string?> ServeAsync(
        Endpoint listen, TlsDoor? door, TaskCompletionSource tried, CancellationToken stop)
    {
        try
        {
            await using WebApplication app = Build(listen, door);
            await app.StartAsync(stop);
            Announce(app);
            tried.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
            await app.StopAsync(patience.Token);
            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private WebApplication Build(Endpoint listen, TlsDoor? door)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        QuietLoggers loggers = new(_loggers);
        Visitors visitors = new(_log);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // How many there may be is the visitors' affair, by who they are.
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = HeadMost;
            kestrel.Limits.KeepAliveTimeout = IdleMost;
            kestrel.Listen(listen.Address.ToIPAddress(), listen.Port, place =>
            {
                place.Protocols = HttpProtocols.Http1;
                place.Use(next => connection => visitors.ServeAsync(connection, next));
                if (door is not null)
                {
                    place.UseHttps(door.Handshake);
                }
            });
        });
        builder.Services.AddSingleton<ILoggerFactory>(loggers);
        builder.Services.AddSingleton<IConnectionListenerFactory>(
            new PatientTransport("dashboard", loggers));
        builder.Services.AddRoutingCore();
        builder.Services.AddConnections();
        builder.Services.AddSingleton(_broker);
        WebApplication app = builder.Build();
        BelieveProxies(app);
        app.UseWebSockets(new()
        {
            KeepAliveInterval = PingPeriod,
            KeepAliveTimeout = PingPeriod,
        });
        app.UseRouting();
        app.Use((HttpContext context, RequestDelegate next) => GuardAsync(context, next, door));
        app.MapConnectionHandler<EmbeddedBroker>("/mqtt", options =>
        {
            options.Transports = HttpTransportType.WebSockets;
            options.WebSockets.SubProtocolSelector = MqttSubProtocolSelector.SelectSubProtocol;
        });
        app.Use((HttpContext context, RequestDelegate next) =>
            context.GetEndpoint() is null ? PageAnswer.WriteAsync(context) : next(context));
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

        Uri page = new(address);
        Warnings.Set(Room);
        _bound.TrySetResult(new(IPAddress.Parse(page.DnsSafeHost), page.Port));
        Log.DashboardServed(_log, address);
    }

    /// <summary>What a reverse proxy says of the browser: address, scheme, name.</summary>
    private void BelieveProxies(WebApplication app)
    {
        if (_access.Proxies.IsEmpty)
        {
            return;
        }

        ForwardedHeadersOptions options = new()
        {
            ForwardedHeaders = ForwardedHeaders.All & ~ForwardedHeaders.XForwardedPrefix,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (IpPrefix proxy in _access.Proxies)
        {
            options.KnownIPNetworks.Add(new(proxy.Network.ToIPAddress(), proxy.Length));
        }

        app.UseForwardedHeaders(options);
    }

    private Task GuardAsync(HttpContext context, RequestDelegate next, TlsDoor? door)
    {
        PageSecurity.Protect(context, Twin?.Dashboard ?? string.Empty);
        PageNames names = new()
        {
            Box = _broker.Box,
            Certified = door?.Names ?? [],
            Allowed = _access.Hosts,
            Twin = Twin,
        };
        if (!names.IsOwn(context.Request.Host))
        {
            return RefuseAsync(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "This box is not called so. Ask for it by its address or by its own name, or "
                + "allow the name: allowed_hosts in the dashboard block of its configuration.");
        }

        // As routes are matched: whatever the case, with a slash at the end or without.
        if (context.Request.Path.StartsWithSegments("/mqtt", out PathString under))
        {
            // A WebSocket alone is wanted: what asks for an id first is kept in memory for a while.
            if (under.Value is not (null or "" or "/"))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            if (!PageSecurity.MayListen(context.Request, names))
            {
                return RefuseAsync(
                    context,
                    StatusCodes.Status403Forbidden,
                    "A page from there may not listen to this box. If it is the box's own by "
                    + "another name, allow that: allowed_hosts in the dashboard block of its "
                    + "configuration.");
            }
        }

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n");
    }

    private static TaskCompletionSource<IPEndPoint> NewBound() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
