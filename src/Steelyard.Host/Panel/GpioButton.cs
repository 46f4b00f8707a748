using System;
using System.Device.Gpio;

namespace Steelyard.Host.Panel;

/// <summary>
/// One push button on one line: hands every edge on at once, bounces included. What the edges mean
/// is decided elsewhere.
/// </summary>
internal sealed class GpioButton : IDisposable
{
    private readonly GpioController _controller;
    private readonly BoardLine _line;
    private readonly Action<bool> _onEdge;

    /// <param name="onEdge">Told true when the button goes down; on the driver's thread.</param>
    public GpioButton(GpioController controller, BoardLine line, Action<bool> onEdge)
    {
        _controller = controller;
        _line = line;
        _onEdge = onEdge;
        _ = controller.OpenPin(line.Offset, line.PullsUp ? PinMode.InputPullUp : PinMode.Input);
        controller.RegisterCallbackForPinValueChangedEvent(
            line.Offset, PinEventTypes.Rising | PinEventTypes.Falling, OnChange);
    }

    public void Dispose()
    {
        _controller.UnregisterCallbackForPinValueChangedEvent(_line.Offset, OnChange);
        _controller.ClosePin(_line.Offset);
    }

    private void OnChange(object sender, PinValueChangedEventArgs change) =>
        _onEdge((change.ChangeType == PinEventTypes.Rising) != _line.IsActiveLow);
}
