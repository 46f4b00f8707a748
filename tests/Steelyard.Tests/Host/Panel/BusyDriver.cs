using System;
using System.Device.Gpio;
using System.Threading;

namespace Steelyard.Tests.Host.Panel;

/// <summary>A chip whose lines somebody else holds, as libgpiod tells it.</summary>
internal sealed class BusyDriver(bool isBusy) : GpioDriver
{
    protected override int PinCount => 64;

    protected override void OpenPin(int pinNumber)
    {
        if (isBusy)
        {
            throw new InvalidOperationException("the line is busy");
        }
    }

    protected override void ClosePin(int pinNumber)
    {
    }

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinMode GetPinMode(int pinNumber) => PinMode.Output;

    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
    }

    protected override PinValue Read(int pinNumber) => PinValue.Low;

    protected override void Toggle(int pinNumber)
    {
    }

    protected override void Write(int pinNumber, PinValue value)
    {
    }

    protected override WaitForEventResult WaitForEvent(
        int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(
        int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
    }

    protected override void RemoveCallbackForPinValueChangedEvent(
        int pinNumber, PinChangeEventHandler callback)
    {
    }
}
