using System;
using System.Collections.Concurrent;

namespace Steelyard.Rig.Methods;

/// <summary>What takes a tunnel apart at a server, until it is disposed.</summary>
internal interface ITunnelEnd : IDisposable
{
    /// <summary>What an outer or an inner header should not have said.</summary>
    ConcurrentQueue<string> Faults { get; }
}
