using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Listening;

/// <summary>
/// Kestrel's socket transport with another loop at its door: its own tries again at once, for
/// ever, when there is no descriptor left.
/// </summary>
/// <param name="what">Who listens, as it is said in the log.</param>
internal sealed class PatientTransport(string what, ILoggerFactory loggers)
    : IConnectionListenerFactory
{
    private const int Backlog = 512; // As Kestrel's.

    private readonly Seldom _short = new(TimeProvider.System);
    private readonly ILogger _log = loggers.CreateLogger<PatientTransport>();

    public ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            return new(new Listener(socket, AcceptLoop.On(socket, Say), loggers));
        }
        catch (SocketException taken) when (
            taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(taken.Message, taken);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private void Say(string fault)
    {
        if (_short.May())
        {
            Log.ShortOfDescriptors(_log, what, fault);
        }
    }

    private sealed class Listener : IConnectionListener
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Socket _socket;
        private readonly AcceptLoop _loop;
        private readonly SocketConnectionContextFactory _connections;

        public Listener(Socket socket, AcceptLoop loop, ILoggerFactory loggers)
        {
            _socket = socket;
            _loop = loop;
            _connections = new(new(), loggers.CreateLogger<SocketConnectionContextFactory>());
            EndPoint = socket.LocalEndPoint!;
        }

        public EndPoint EndPoint { get; }

        public async ValueTask<ConnectionContext?> AcceptAsync(
            CancellationToken cancellationToken = default)
        {
            using CancellationTokenSource either =
                CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
            try
            {
                while (await _loop.NextAsync(either.Token) is { } socket)
                {
                    if (TryQuicken(socket))
                    {
                        return _connections.Create(socket);
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody listens any more.
            }

            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _stop.CancelAsync();
            _socket.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            await UnbindAsync();
            _connections.Dispose();
        }

        /// <summary>Answers are small and wanted now: no Nagle's algorithm.</summary>
        private static bool TryQuicken(Socket socket)
        {
            try
            {
                if (socket.AddressFamily != AddressFamily.Unix)
                {
                    socket.NoDelay = true;
                }

                return true;
            }
            catch (SocketException)
            {
                socket.Dispose(); // It is gone already.
                return false;
            }
        }
    }
}
