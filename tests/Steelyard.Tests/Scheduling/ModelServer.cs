using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>A server as the kernel keeps it, in plain numbers.</summary>
internal sealed class ModelServer(Endpoint endpoint)
{
    public Endpoint Endpoint => endpoint;

    public int Weight { get; private set; }

    public int LastWeight { get; private set; }

    public int Active { get; private set; }

    public int Inactive { get; private set; }

    public bool IsOverloaded { get; private set; }

    /// <summary>In the service now.</summary>
    public bool IsIn { get; set; }

    public bool IsFree => Weight > 0 && !IsOverloaded;

    /// <summary>active·256 + total.</summary>
    public decimal Load => (Active * 256m) + Active + Inactive;

    private long Upper { get; set; }

    private long Lower { get; set; }

    public void Set(ServerSettings settings, bool isAdded)
    {
        if (settings.UpperThreshold == 0 || settings.UpperThreshold > Upper)
        {
            IsOverloaded = false;
        }

        (Weight, Upper, Lower) =
            (settings.Weight, settings.UpperThreshold, settings.LowerThreshold);
        LastWeight = isAdded || Weight > 0 ? Weight : LastWeight;
        IsOverloaded |= Upper > 0 && Active + Inactive >= Upper;
    }

    public void Connect()
    {
        Active++;
        if (Upper > 0 && Active + Inactive >= Upper)
        {
            IsOverloaded = true;
        }
    }

    public void Settle()
    {
        Active--;
        Inactive++;
    }

    public void Disconnect()
    {
        if (Active > 0)
        {
            Active--;
        }
        else
        {
            Inactive--;
        }

        decimal below = Lower > 0 ? Lower : Upper * 0.75m;
        if (Active + Inactive < below || (Lower == 0 && Upper == 0))
        {
            IsOverloaded = false;
        }
    }
}
