using System;
using Iot.Device.CpuTemperature;

namespace Steelyard.Host.Panel;

/// <summary>The processor's own thermometer.</summary>
internal sealed class BoardThermometer : IDisposable
{
    private readonly CpuTemperature _cpu = new();

    /// <summary>In degrees Celsius, to the tenth; null on a board without one.</summary>
    public double? ReadC()
    {
        try
        {
            double degrees = _cpu.IsAvailable ? _cpu.Temperature.DegreesCelsius : double.NaN;
            return double.IsFinite(degrees) ? Math.Round(degrees, 1) : null;
        }
#pragma warning disable CA1031 // The binding throws what it likes; then there is no thermometer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    public void Dispose() => _cpu.Dispose();
}
