namespace Steelyard.Core.Forwarding;

/// <summary>Totals of the whole engine; written by the data thread alone.</summary>
public sealed class EngineCounters
{
    public long Turns;

    /// <summary>Connections in the table now.</summary>
    public int Connections;

    public long ConnectionsCreated;

    public long ConnectionsExpired;

    /// <summary>Unproven connections that gave way to new ones in a short table.</summary>
    public long ConnectionsEvicted;

    /// <summary>Of these, half-open ones.</summary>
    public long EvictedHalfOpen;

    /// <summary>Of these, ones with a handshake and nothing more.</summary>
    public long EvictedHandshakeOnly;

    /// <summary>Of these, datagrams' flows of one direction.</summary>
    public long EvictedUnanswered;

    /// <summary>Of these, persistence templates without a proven connection.</summary>
    public long EvictedPromises;

    /// <summary>
    /// New connections that the table had no room for, or no room for their template.
    /// </summary>
    public long ConnectionsRefused;

    /// <summary>Of these, ones of a service that had its share.</summary>
    public long RefusedServiceShare;

    /// <summary>Of these, ones of a network of clients that had its share.</summary>
    public long RefusedSourceShare;

    /// <summary>Connections that <c>drop_entry</c> threw out.</summary>
    public long ConnectionsThrownOut;

    /// <summary>
    /// SIP dialogues that kept to their client's server, since too many Call-IDs were known.
    /// </summary>
    public long CallIdsNotKept;

    /// <summary>
    /// Connections of hosts behind the box that were refused since too many hosts have some.
    /// </summary>
    public long HostsRefused;

    /// <summary>Datagrams in fragments that were not whole in time.</summary>
    public long DatagramsTimedOut;

    /// <summary>Datagrams in fragments that gave way to newer ones.</summary>
    public long DatagramsEvicted;

    /// <summary>Datagrams given up because their fragments overlapped.</summary>
    public long DatagramsOverlapping;

    /// <summary>Connections taken over from the twin.</summary>
    public long ConnectionsLearned;

    /// <summary>The twin's connections that this box could not go on with.</summary>
    public long ConnectionsSkipped;

    /// <summary>
    /// ICMP errors and resets that were due, but the budget for answers was spent.
    /// </summary>
    public long AnswersWithheld;

    /// <summary>Events that found the control loop's queue full.</summary>
    public long EventsLost;
}
