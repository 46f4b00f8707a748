using System;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>
/// A datagram each millisecond from the clients' network to the echo service, over several flows,
/// so that one stopped server leaves others to answer: only a failover silences all.
/// </summary>
internal sealed class ProbeStream : IDisposable
{
    // Twelve flows over three servers: any eleven in a row reach at least two of them.
    private const int Flows = 12;

    // A minute and five seconds of probes.
    private const int Remembered = 65_536;

    private const int LowestPriority = 1;

    private readonly Socket[] _sockets = new Socket[Flows];
    private readonly Thread _sender;
    private volatile bool _ends;

    public ProbeStream(NetworkNamespace clients)
    {
        for (int flow = 0; flow < Flows; flow++)
        {
            _sockets[flow] = clients.Run(
                () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            _sockets[flow].Connect(LabPlan.Echo);
            _ = ReceiveAsync(_sockets[flow]);
        }

        _sender = new Thread(Send) { IsBackground = true, Name = "lab probes" };
        _sender.Start();
    }

    public GapMeter Meter { get; } = new(Remembered);

    public void Dispose()
    {
        _ends = true;
        _sender.Join();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Send()
    {
        // On a busy machine an ordinary thread may sleep through the very gap it is to measure.
        _ = ThreadTuning.TrySetRealTime(LowestPriority);
        byte[] probe = new byte[sizeof(long)];
        for (int flow = 0; !_ends; flow = (flow + 1) % Flows)
        {
            BinaryPrimitives.WriteInt64BigEndian(probe, Meter.OnSent(MonotonicClock.Now));
            try
            {
                _ = _sockets[flow].Send(probe);
            }
            catch (SocketException)
            {
                // Unreachable or refused for now: a probe without an answer.
            }

            Thread.Sleep(1);
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        byte[] answer = new byte[64];
        while (!_ends)
        {
            try
            {
                int length = await socket.ReceiveAsync(answer);
                if (length == sizeof(long))
                {
                    Meter.OnAnswered(BinaryPrimitives.ReadInt64BigEndian(answer));
                }
            }
            catch (SocketException)
            {
                // An ICMP error about an earlier probe is told here; the next one may fare better.
                await Task.Yield();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
