using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.FrontPanel;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>Which LEDs are lit at this moment.</summary>
internal readonly record struct PanelLights(bool Ready, bool Role, bool Fault);

/// <summary>
/// The other end of a box's simulated gpiochip: sees the LEDs and presses the button. The box may
/// go and come back; the panel stays on the wall.
/// </summary>
internal sealed class LabPanel : IDisposable
{
    private readonly Socket _listener =
        new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private readonly SemaphoreSlim _finger = new(1);
    private readonly Lock _guard = new();
    private Socket? _box;
    private PanelLights _lights;
    private bool _isDown;

    public LabPanel(string path)
    {
        Location = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The socket that the box's configuration names.</summary>
    public string Location { get; }

    public PanelLights Lights
    {
        get
        {
            lock (_guard)
            {
                return _lights;
            }
        }
    }

    /// <summary>The button is held down.</summary>
    public bool IsDown
    {
        get
        {
            lock (_guard)
            {
                return _isDown;
            }
        }
    }

    /// <summary>Holds the button down for a time. A second finger waits for the first.</summary>
    public async Task PressAsync(TimeSpan hold, CancellationToken cancellation)
    {
        await _finger.WaitAsync(cancellation);
        try
        {
            SetButton(true);
            await Task.Delay(hold, cancellation);
        }
        finally
        {
            SetButton(false);
            _ = _finger.Release();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_guard)
        {
            _box?.Dispose();
        }

        _finger.Dispose();
    }

    private void SetButton(bool isDown)
    {
        lock (_guard)
        {
            _isDown = isDown;
            Tell();
        }
    }

    private void Tell()
    {
        try
        {
            long now = MonotonicClock.Now.Nanoseconds;
            _ = _box?.Send(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{PanelLines.Button} {(_isDown ? 1 : 0)} {now}\n")));
        }
        catch (SocketException)
        {
            // The box is gone; whoever reads from it sees that, too.
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Socket box = await _listener.AcceptAsync();
                lock (_guard)
                {
                    _box = box;
                    Tell();
                }

                _ = ReadAsync(box);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ReadAsync(Socket box)
    {
        try
        {
            using StreamReader reader =
                new(new NetworkStream(box, ownsSocket: true), Encoding.ASCII);
            while (await reader.ReadLineAsync() is string line)
            {
                OnLine(line);
            }
        }
        catch (IOException)
        {
            // A killed box leaves its panel without power, like a box that ended.
        }

        lock (_guard)
        {
            if (_box == box)
            {
                _box = null;
                _lights = default;
            }
        }
    }

    private void OnLine(string line)
    {
        bool isLit = line.EndsWith(" 1", StringComparison.Ordinal);
        lock (_guard)
        {
            _lights = line.Split(' ')[0] switch
            {
                PanelLines.Ready => _lights with { Ready = isLit },
                PanelLines.Role => _lights with { Role = isLit },
                PanelLines.Fault => _lights with { Fault = isLit },
                _ => _lights,
            };
        }
    }
}
