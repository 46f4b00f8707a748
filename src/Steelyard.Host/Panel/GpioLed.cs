using System;
using System.Device.Gpio;

namespace Steelyard.Host.Panel;

/// <summary>One LED on one line; dark when it is let go.</summary>
internal sealed class GpioLed : IDisposable
{
    private readonly GpioController _controller;
    private readonly BoardLine _line;
    private bool _isLit;

    public GpioLed(GpioController controller, BoardLine line)
    {
        _controller = controller;
        _line = line;
        _ = controller.OpenPin(line.Offset, PinMode.Output, LevelOf(false));
    }

    /// <summary>Writes only what changes: a line may be slow, or a socket.</summary>
    public void Set(bool isLit)
    {
        if (isLit != _isLit)
        {
            _controller.Write(_line.Offset, LevelOf(isLit));
            _isLit = isLit;
        }
    }

    public void Dispose()
    {
        Set(false);
        _controller.ClosePin(_line.Offset);
    }

    private PinValue LevelOf(bool isLit) =>
        isLit != _line.IsActiveLow ? PinValue.High : PinValue.Low;
}
