using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Steelyard.Linux.Network;

namespace Steelyard.Host.Lab;

/// <summary>
/// A door from this machine's loopback to a box's own loopback: each connection on this side
/// becomes one on the other. So the browser sees the very page that the box serves to itself.
/// </summary>
internal sealed class LabRelay : IDisposable
{
    private const int ChunkLength = 32 * 1024;

    private readonly NetworkNamespace _place;
    private readonly IPEndPoint _target;
    private readonly TcpListener _listener;

    public LabRelay(ushort port, NetworkNamespace place, IPEndPoint target)
    {
        _place = place;
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException failure)
        {
            _listener.Dispose();
            throw new LabException(
                $"127.0.0.1:{port} cannot be opened for the dashboard ({failure.Message}); "
                + "name another port with --dashboard-port",
                failure);
        }

        _ = AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = RelayAsync(await _listener.AcceptSocketAsync());
            }
            catch (Exception failure) when (
                failure is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket near)
    {
        using (near)
        {
            using Socket far = await Task.Run(() => _place.Run(() => new Socket(
                AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
            try
            {
                await far.ConnectAsync(_target);
                near.NoDelay = true;
                far.NoDelay = true;
                await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
            }
            catch (SocketException)
            {
                // The box is down, or one side hung up: the browser tries again by itself.
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        byte[] chunk = new byte[ChunkLength];
        int length;
        while ((length = await from.ReceiveAsync(chunk)) > 0)
        {
            for (int sent = 0; sent < length;)
            {
                sent += await to.SendAsync(chunk.AsMemory(sent, length - sent));
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
