using System;
using System.Threading;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>What would become of a packet.</summary>
public enum ExplanationKind : byte
{
    Unknown = 0,

    /// <summary>It belongs to a connection, and goes where that goes.</summary>
    ExistingConnection,

    /// <summary>It would open a connection to the server named.</summary>
    NewConnection,

    /// <summary>The box does not hold the address now.</summary>
    NotHeld,

    NoService,

    /// <summary>The scheduler has no server to give.</summary>
    NoDestination,

    /// <summary>The connection's server was taken out of its service.</summary>
    ServerRemoved,

    ConnectionTableFull,

    /// <summary>The server is chosen, but no route leads there.</summary>
    NoRoute,

    /// <summary>The route leaves by an interface that the engine does not drive.</summary>
    NoPort,
}

/// <summary>The engine's answer to "where would this packet go?"</summary>
/// <param name="Kind">How it ends.</param>
/// <param name="Scheduler">The service's scheduler; empty without a service.</param>
/// <param name="Server">The server, if one was found.</param>
/// <param name="Method">How the packet would be forwarded.</param>
/// <param name="State">The connection's state, if there is one.</param>
/// <param name="InterfaceIndex">Where it would leave.</param>
/// <param name="NextHop">Who would get it next.</param>
/// <param name="Station">The next hop's station; zero while it is not known.</param>
public readonly record struct Explanation(
    ExplanationKind Kind,
    string Scheduler,
    Endpoint Server,
    ForwardingMethod Method,
    ConnectionState State,
    int InterfaceIndex,
    IpAddress NextHop,
    MacAddress Station);

/// <summary>
/// A what-if: the packet takes the engine's own way through its tables, and changes nothing there.
/// </summary>
/// <param name="flow">The packet.</param>
/// <param name="completed">Called on the data thread with this command; it must not wait.</param>
public sealed class Explain(FlowKey flow, Action<Explain>? completed = null) : IEngineCommand
{
    private bool _isComplete;

    public FlowKey Flow { get; } = flow;

    /// <summary>The answer; valid once it is complete.</summary>
    public Explanation Answer { get; private set; }

    public bool IsComplete => Volatile.Read(ref _isComplete);

    public void Apply(Engine engine, Instant now)
    {
        Answer = WhatIf.Explain(engine, Flow, now);
        Volatile.Write(ref _isComplete, true);
        completed?.Invoke(this);
    }
}
