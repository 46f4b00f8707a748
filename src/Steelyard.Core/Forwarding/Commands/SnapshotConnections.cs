using System;
using System.Threading;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// Lists the connections into a buffer, a share in each turn. A connection that begins or ends
/// meanwhile may be missed; none is listed twice.
/// </summary>
/// <param name="buffer">Where the records go; the engine's until it is complete.</param>
/// <param name="completed">Called on the data thread at the end; it must not wait.</param>
public sealed class SnapshotConnections(
    ConnectionRecord[] buffer, Action<SnapshotConnections>? completed = null) : IEngineCommand
{
    private int _count;
    private bool _isWhole;
    private bool _isComplete;

    /// <summary>The records; valid once it is complete.</summary>
    public ReadOnlySpan<ConnectionRecord> Records => buffer.AsSpan(0, Volatile.Read(ref _count));

    /// <summary>Nothing was left out for want of room, and it found its turn.</summary>
    public bool IsWhole => Volatile.Read(ref _isWhole);

    public bool IsComplete => Volatile.Read(ref _isComplete);

    public void Apply(Engine engine, Instant now) => engine.Upkeep.Begin(this);

    internal bool TryAdd(in ConnectionRecord record)
    {
        if (_count == buffer.Length)
        {
            return false;
        }

        buffer[_count++] = record;
        return true;
    }

    internal void Complete(bool isWhole)
    {
        Volatile.Write(ref _isWhole, isWhole);
        Volatile.Write(ref _isComplete, true);
        completed?.Invoke(this);
    }
}
