using System;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Wire;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// One interface in service: the engine's port, control's socket, and the claim to both.
/// </summary>
internal sealed class ServedInterface(
    InterfaceClaim claim, AfPacketPort port, ControlSocket control) : IDisposable
{
    private MacAddress _own = port.HardwareAddress;

    public AfPacketPort Port { get; } = port;

    /// <summary>The port as the engine has it, with its counters.</summary>
    public AttachPort Attached { get; } = new(port);

    public ControlSocket Control { get; } = control;

    public int InterfaceIndex => Control.InterfaceIndex;

    public bool IsGone => Control.IsGone;

    /// <summary>
    /// Opens all three; null, with a sentence, when another process serves the interface.
    /// </summary>
    /// <exception cref="Linux.KernelException">The kernel refuses.</exception>
    public static ServedInterface? TryOpen(string name, int interfaceIndex, out string refusal)
    {
        InterfaceClaim? claim = InterfaceClaim.TryTake(interfaceIndex, out int holder);
        if (claim is null)
        {
            refusal = $"interface {name} is served by another steelyard ({OfProcess(holder)}): "
                + "stop that one, or name another interface";
            return null;
        }

        refusal = string.Empty;
        AfPacketPort? port = null;
        try
        {
            port = new AfPacketPort(name);
            ControlSocket control = new(name);
            control.Accept(MacAddress.OfGroup(VrrpAdvertisement.GroupIpv4), accepts: true);
            control.Accept(MacAddress.OfGroup(NeighbourDiscovery.AllNodes), accepts: true);
            return new ServedInterface(claim, port, control);
        }
        catch
        {
            port?.Dispose();
            claim.Dispose();
            throw;
        }
    }

    private static string OfProcess(int holder) =>
        holder > 0 ? $"process {holder}" : "which does not say its process";

    /// <summary>Both sockets take frames for a virtual router's station, or no longer do.</summary>
    public void AcceptStation(MacAddress station, bool accepts)
    {
        Port.AcceptStation(station, accepts);
        Control.Accept(station, accepts);
    }

    /// <summary>The data thread sees what comes to the interface's own station, too.</summary>
    public void AcceptOwn(bool accepts)
    {
        MacAddress station = Port.HardwareAddress;
        if (_own != station || !accepts)
        {
            Port.AcceptStation(_own, accepts: false);
        }

        _own = station;
        if (accepts)
        {
            Port.AcceptStation(station, accepts: true);
        }
    }

    /// <summary>Disposes of all but the port, which the data thread has.</summary>
    public void Dispose()
    {
        Control.Dispose();
        claim.Dispose();
    }
}
