using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Steelyard.Linux.Network;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>
/// A real server in its own network: HTTP pages by Kestrel, in which it names itself, and an echo
/// service for datagrams.
/// </summary>
internal sealed class LabServer(NetworkNamespace place, int index) : IAsyncDisposable
{
    private const int LowestPriority = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1);
    private WebApplication? _web;
    private Socket? _echo;

    public string Name { get; } = LabPlan.ServerName(index);

    public bool IsRunning => Volatile.Read(ref _web) is not null;

    public async Task StartAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_web is null)
            {
                WebApplication web = BuildWeb();
                await web.StartAsync();
                Volatile.Write(ref _web, web);
                _echo = place.Run(OpenEcho);
                Socket echo = _echo;
                new Thread(() => Echo(echo)) { IsBackground = true, Name = "lab echo" }.Start();
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>
    /// Stops at once, as a crashed program would: connections end, the port refuses.
    /// </summary>
    public async Task StopAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_web is WebApplication web)
            {
                Volatile.Write(ref _web, null);
                _echo?.Dispose();
                using CancellationTokenSource patience = new(Patience);
                await web.StopAsync(patience.Token);
                await web.DisposeAsync();
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _turn.Dispose();
    }

    private WebApplication BuildWeb()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        _ = builder.Logging.ClearProviders();
        _ = builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _ = builder.Services.Configure<SocketTransportOptions>(options =>
            options.CreateBoundListenSocket = endpoint =>
                place.Run(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint)));
        _ = builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Any, LabPlan.WebPort);
        });
        WebApplication web = builder.Build();
        byte[] page = System.Text.Encoding.ASCII.GetBytes($"{Name} at your service\n");
        web.Run(async context =>
        {
            context.Response.Headers[LabRequest.ServerHeader] = Name;
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = page.Length;
            await context.Response.Body.WriteAsync(page);
        });
        return web;
    }

    private static Socket OpenEcho()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, LabPlan.EchoPort));
        return socket;
    }

    /// <summary>
    /// Its own thread, before others where that is allowed: a busy machine must not make the server
    /// swallow the probes that measure the boxes.
    /// </summary>
    private static void Echo(Socket socket)
    {
        _ = ThreadTuning.TrySetRealTime(LowestPriority);
        byte[] datagram = new byte[2048];
        SocketAddress from = new(AddressFamily.InterNetwork);
        while (true)
        {
            try
            {
                int length = socket.ReceiveFrom(datagram, SocketFlags.None, from);
                _ = socket.SendTo(datagram.AsSpan(0, length), SocketFlags.None, from);
            }
            catch (SocketException failure)
                when (failure.SocketErrorCode is SocketError.HostUnreachable
                    or SocketError.NetworkUnreachable
                    or SocketError.ConnectionRefused)
            {
                // The asker is out of reach for now.
            }
            catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>
    /// The lab decides when a server ends; a signal to the process is not for the server.
    /// </summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
