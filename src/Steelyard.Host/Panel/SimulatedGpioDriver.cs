using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;

namespace Steelyard.Host.Panel;

/// <summary>
/// A gpiochip at the other end of a Unix socket, for the lab: the program writes LED levels as
/// lines (<c>LED_ROLE 1</c>) and reads the button's level in the same form with the time of the
/// edge, in nanoseconds of this machine's monotonic clock (<c>BUTTON 1 123456789</c>): a kernel
/// stamps its edges, too, and a busy program must not take a press for a glitch. The chip numbers
/// its lines in the order of <see cref="PanelLines.All"/>.
/// </summary>
internal sealed class SimulatedGpioDriver : GpioDriver
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _writing = new();
    private readonly PinValue[] _levels = new PinValue[PanelLines.All.Length];
    private readonly PinMode[] _modes = new PinMode[PanelLines.All.Length];
    private readonly List<(int Pin, PinEventTypes Types, PinChangeEventHandler Handler)>
        _handlers = [];

    private readonly Thread _reader;

    private SimulatedGpioDriver(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Lost = _lost.Token;
        _reader = new Thread(Read) { IsBackground = true, Name = "simulated panel" };
        _reader.Start();
    }

    /// <summary>Cancelled when the other end went away.</summary>
    public CancellationToken Lost { get; }

    /// <summary>When the edge happened that a callback is being told of.</summary>
    public Instant EdgeAt { get; private set; }

    protected override int PinCount => PanelLines.All.Length;

    public static SimulatedGpioDriver Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new SimulatedGpioDriver(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new PanelException(
                $"nobody plays the panel at {path}: {failure.Message}", failure);
        }
    }

    protected override void OpenPin(int pinNumber)
    {
    }

    protected override void ClosePin(int pinNumber)
    {
    }

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber];

    protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

    protected override PinValue Read(int pinNumber) => _levels[pinNumber];

    protected override void Toggle(int pinNumber) => Write(pinNumber, !_levels[pinNumber]);

    protected override void Write(int pinNumber, PinValue value)
    {
        _levels[pinNumber] = value;
        string bit = value == PinValue.High ? "1" : "0";
        byte[] line = Encoding.ASCII.GetBytes($"{PanelLines.All[pinNumber]} {bit}\n");
        lock (_writing)
        {
            _stream.Write(line);
        }
    }

    protected override WaitForEventResult WaitForEvent(
        int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the panel takes its edges by callback");

    protected override void AddCallbackForPinValueChangedEvent(
        int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        lock (_handlers)
        {
            _handlers.Add((pinNumber, eventTypes, callback));
        }
    }

    protected override void RemoveCallbackForPinValueChangedEvent(
        int pinNumber, PinChangeEventHandler callback)
    {
        lock (_handlers)
        {
            _ = _handlers.RemoveAll(entry => entry.Pin == pinNumber && entry.Handler == callback);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
            _reader.Join();
            _lost.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Read()
    {
        try
        {
            using StreamReader reader = new(_stream, Encoding.ASCII, leaveOpen: true);
            while (reader.ReadLine() is string line)
            {
                OnLine(line);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The other end is gone, or ours is closing: both end the same way.
        }

        _lost.Cancel();
    }

    private void OnLine(string line)
    {
        string[] words = line.Split(' ');
        int pin = PanelLines.All.IndexOf(words[0]);
        if (pin < 0
            || words.Length != 3
            || words[1] is not ("0" or "1")
            || !long.TryParse(
                words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long nanoseconds))
        {
            return;
        }

        EdgeAt = new Instant(nanoseconds);

        PinValue level = words[1] == "1" ? PinValue.High : PinValue.Low;
        if (level == _levels[pin])
        {
            return;
        }

        _levels[pin] = level;
        PinEventTypes edge = level == PinValue.High ? PinEventTypes.Rising : PinEventTypes.Falling;
        lock (_handlers)
        {
            foreach ((int handled, PinEventTypes types, PinChangeEventHandler handler) in _handlers)
            {
                if (handled == pin && types.HasFlag(edge))
                {
                    handler(this, new PinValueChangedEventArgs(edge, pin));
                }
            }
        }
    }
}
