using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;

namespace Steelyard.Core.Sync;

/// <summary>What the conversation with the twin makes happen, and asks of its box.</summary>
public interface ITwinEffects : ISyncChannel
{
    /// <summary>What this box says of itself, now.</summary>
    TwinHello Describe();

    /// <summary>The twin's first word, or its first after a restart or a silence.</summary>
    void OnTwinFound(TwinHello twin, Instant now);

    /// <summary>The twin has been silent for three of its intervals, or said goodbye.</summary>
    void OnTwinLost(string why, Instant now);

    /// <summary>The twin has this connection now.</summary>
    void OnTwinConnection(in ConnectionRecord connection, Instant now);

    /// <summary>
    /// The twin, MASTER, asks us to take a group's place. Records that came before have been
    /// given to <see cref="OnTwinConnection"/> already.
    /// </summary>
    /// <returns>Null when done, else why not, as a sentence without full stop.</returns>
    string? TakeOver(string group, ReadOnlySpan<byte> virtualRouterIds, Instant now);

    /// <summary>The twin, BACKUP, wants a group for itself: begin to hand it over.</summary>
    /// <returns>Null when begun, else why not.</returns>
    string? HandOver(string group, ReadOnlySpan<byte> virtualRouterIds, Instant now);

    /// <summary>What became of <see cref="TwinLink.RequestHandOver"/>.</summary>
    /// <param name="refusal">Null when the twin has taken over, else why it has not.</param>
    void OnHandOverAnswered(string group, string? refusal, Instant now);

    /// <summary>
    /// The twin wants all connections: collect the next batch, and give it to
    /// <see cref="TwinLink.OnConnections"/>, at once or later.
    /// </summary>
    /// <param name="cursor">0 at first, then whatever the last batch said.</param>
    void CollectConnections(long cursor, Instant now);

    /// <summary>The box has learnt the twin's connections, or waits for them no longer.</summary>
    void OnLearnt(bool isComplete, long connections, Instant now);

    /// <summary>Something a person should know.</summary>
    void OnTwinNotice(string sentence, Instant now);
}
