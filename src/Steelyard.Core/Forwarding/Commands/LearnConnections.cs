using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// The twin's connections. One whose service or server is not known here is skipped and counted.
/// </summary>
public sealed class LearnConnections(ConnectionRecord[] records) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        foreach (ref readonly ConnectionRecord record in records.AsSpan())
        {
            RealServer? server = engine.Services
                .Find(record.Protocol, record.Virtual.Address, record.Virtual.Port)
                ?.FindServer(record.Server);
            if (server is null)
            {
                engine.Counters.ConnectionsSkipped++;
            }
            else if (engine.Connections.Learn(record, server, now) >= 0)
            {
                engine.Counters.ConnectionsLearned++;
            }
        }
    }
}
