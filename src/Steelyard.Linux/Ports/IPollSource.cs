using System.Runtime.InteropServices;

namespace Steelyard.Linux.Ports;

/// <summary>Something that a <see cref="PortPoller"/> can wait for.</summary>
public interface IPollSource
{
    /// <summary>The descriptor that becomes readable.</summary>
    SafeHandle Descriptor { get; }

    /// <summary>
    /// True when something is known to wait without asking the kernel; a source that would have to
    /// ask says false.
    /// </summary>
    bool HasInput { get; }

    /// <summary>The descriptor reported an error: take it, so that waiting can go on.</summary>
    void OnError();
}
