using System;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>
/// Asks the dashboard for its page, where the configuration says that it is. Silence is that nobody
/// listens, or that nothing comes in time. Who takes the connection and closes it without an answer
/// is there, and busy: as many connections as it allows are open, and anybody can open them.
/// </summary>
internal sealed class DashboardLook : IDisposable
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(5);

    private readonly string _configurationPath;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new()
        {
#pragma warning disable CA5359 // Nothing is told and nothing believed: whether it answers is all.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        },
    });

    public DashboardLook(string configurationPath)
        : this(configurationPath, UsualPatience)
    {
    }

    /// <param name="configurationPath">Says where the dashboard is.</param>
    /// <param name="patience">How long an answer may take.</param>
    internal DashboardLook(string configurationPath, TimeSpan patience)
    {
        _configurationPath = configurationPath;
        _http.Timeout = patience;
    }

    /// <summary>Null when it answers, or need not; else a sentence.</summary>
    public async Task<string?> AskAsync(CancellationToken cancellation)
    {
        ApplianceConfig? config = ConfigurationFile.Load(
            _configurationPath, new ConfigFiles(), Environment.MachineName).Config;
        if (config is null)
        {
            return $"{_configurationPath} is not right";
        }

        if (!config.Dashboard.IsEnabled)
        {
            return null;
        }

        Endpoint at = Reachable(config.Dashboard.Listen);
        string scheme = config.Dashboard.UsesTls ? "https" : "http";
        try
        {
            // Any answer is one: whom the page lets in is its own affair.
            using HttpResponseMessage answer = await _http.GetAsync(
                $"{scheme}://{at}/", HttpCompletionOption.ResponseHeadersRead, cancellation);
            return null;
        }
        catch (HttpRequestException failure) when (WasTaken(failure))
        {
            return null;
        }
        catch (Exception failure) when (
            failure is HttpRequestException or TaskCanceledException
            && !cancellation.IsCancellationRequested)
        {
            return $"the dashboard does not answer at {at}";
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>
    /// A connection that is reset at once may end before it is seen to begin: all of these say that
    /// somebody had taken it. Linux tells one of them, by what was asked of the socket first.
    /// </summary>
    private static bool WasTaken(HttpRequestException failure) =>
        failure.HttpRequestError != HttpRequestError.ConnectionError
        || failure.InnerException is SocketException
        {
            SocketErrorCode: SocketError.ConnectionReset
                or SocketError.ConnectionAborted
                or SocketError.Shutdown
                or SocketError.NotConnected,
        };

    /// <summary>Who listens everywhere is asked at the loopback address.</summary>
    private static Endpoint Reachable(Endpoint listen)
    {
        bool isAny = listen.Address == IpAddress.Parse("0.0.0.0")
            || listen.Address == IpAddress.Parse("::");
        return !isAny ? listen : new Endpoint(
            IpAddress.Parse(listen.Address.IsIpv4 ? "127.0.0.1" : "::1"), listen.Port);
    }
}
