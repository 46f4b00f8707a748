using System;
using Steelyard.Core.Forwarding;

namespace Steelyard.Linux.Ports;

/// <summary>A frame in a receive ring's memory.</summary>
internal unsafe struct FrameSlot
{
    internal byte* Data;
    internal int Length;
    internal FrameOffload Offload;
}

/// <summary>Memory shared with the kernel, into which it puts frames.</summary>
internal interface IReceiveRing : IDisposable
{
    /// <summary>A frame waits.</summary>
    bool HasFrames { get; }

    /// <summary>Fills slots from the first on, and returns how many.</summary>
    /// <param name="slots">Where frames are noted.</param>
    /// <param name="lost">Frames that came incomplete and were passed over.</param>
    /// <param name="isLosing">The kernel says that it had to drop frames.</param>
    int Receive(FrameSlot[] slots, out int lost, out bool isLosing);

    /// <summary>Gives all that was received back to the kernel.</summary>
    void Release();
}
