namespace Steelyard.Core.Forwarding;

/// <summary>Totals of the whole engine; written by the data thread alone.</summary>
public sealed class EngineCounters
{
    public long Turns;

    /// <summary>Connections in the table now.</summary>
    public int Connections;

    public long ConnectionsCreated;

    public long ConnectionsExpired;

    /// <summary>Half-open connections that gave way to new ones in a full table.</summary>
    public long ConnectionsEvicted;

    /// <summary>New connections that a full table had no room for.</summary>
    public long ConnectionsRefused;

    /// <summary>Connections that <c>drop_entry</c> threw out.</summary>
    public long ConnectionsThrownOut;

    /// <summary>
    /// SIP dialogues that kept to their client's server, since too many Call-IDs were known.
    /// </summary>
    public long CallIdsNotKept;

    /// <summary>Connections taken over from the twin.</summary>
    public long ConnectionsLearned;

    /// <summary>The twin's connections whose service or server is not known here.</summary>
    public long ConnectionsSkipped;

    /// <summary>
    /// ICMP errors and resets that were due, but the budget for answers was spent.
    /// </summary>
    public long AnswersWithheld;

    /// <summary>Events that found the control loop's queue full.</summary>
    public long EventsLost;
}
