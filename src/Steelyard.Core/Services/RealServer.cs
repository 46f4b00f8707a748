using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// A server of one virtual service. The data thread alone writes its numbers; others read them.
/// </summary>
public sealed class RealServer
{
    // The overload ends below three quarters of the upper threshold, if no lower one is set.
    private const long LowerParts = 3;
    private const long UpperParts = 4;

    private static readonly TimeSpan PathMtuLife = TimeSpan.FromMinutes(10);

    public RealServer(Endpoint endpoint, ServerSettings settings)
    {
        Endpoint = endpoint;
        Settings = settings;
        Adopt(settings);
    }

    public RealServer(Endpoint endpoint, ForwardingMethod method, int weight)
        : this(endpoint, new ServerSettings { Method = method, Weight = weight })
    {
    }

    /// <summary>
    /// Where the server listens. Port 0 stands for the port that the client asked for.
    /// </summary>
    public Endpoint Endpoint { get; private set; }

    /// <summary>
    /// What is in force. In a service that is in use, change it by
    /// <see cref="VirtualService.Edit"/>: the scheduler must hear of it.
    /// </summary>
    public ServerSettings Settings { get; private set; }

    /// <summary>For new connections; an existing one keeps its own.</summary>
    public ForwardingMethod Method { get; private set; }

    /// <summary>The weight in force; 0 takes no new connection.</summary>
    public int Weight { get; private set; }

    /// <summary>
    /// The weight that was in force last and not zero; zero when there was none since the server
    /// was added.
    /// </summary>
    public int LastWeight { get; private set; }

    /// <summary>Connections in ESTABLISHED, SYN_SENT, SYN_RECV or SYNACK.</summary>
    public int ActiveConnections;

    /// <summary>All other connections that are still in the table.</summary>
    public int InactiveConnections;

    /// <summary>Persistence templates that lead here.</summary>
    public int PersistentConnections;

    /// <summary>
    /// The upper threshold was reached, and the connections have not sunk to the lower one since.
    /// </summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>
    /// Set when the server was taken out of its service; its connections may remain.
    /// </summary>
    public bool IsRemoved { get; set; }

    /// <summary>
    /// It stands for a host of no service: connections lead there that nobody here scheduled.
    /// </summary>
    internal bool IsStranger { get; init; }

    /// <summary>The service that it serves, or served last.</summary>
    public VirtualService? Service { get; internal set; }

    /// <summary>A scheduler may choose it.</summary>
    public bool TakesNewConnections => Weight > 0 && !IsOverloaded;

    public readonly TrafficCounters Counters = new();

    /// <summary>
    /// The server whose numbers count: this one, or the one of old that came back with its
    /// connections when this one was added to a service.
    /// </summary>
    public RealServer InUse => StandIn ?? this;

    /// <summary>Set by the data thread when the server of old comes back.</summary>
    internal RealServer? StandIn { get; set; }

    /// <summary>
    /// Where the connection table keeps this server; -1 while it has no connection.
    /// </summary>
    internal int TableSlot = -1;

    /// <summary>
    /// Where its connections are counted; the connection table gives it with the slot.
    /// </summary>
    internal ServiceLoad? TableLoad;

    /// <summary>Where the data thread found the way to this server last.</summary>
    internal int NextHop;

    /// <summary>What that was found in; a way of another generation is looked up anew.</summary>
    internal int NextHopGeneration;

    /// <summary>
    /// What the way through a tunnel to this server takes, in octets, as a router said; 0 when
    /// none did, or long ago.
    /// </summary>
    internal int PathMtu { get; private set; }

    private Instant PathMtuEnds { get; set; }

    internal bool HasConnections =>
        ActiveConnections + InactiveConnections + PersistentConnections > 0;

    private long Connections => (long)ActiveConnections + InactiveConnections;

    /// <summary>
    /// Takes other settings. A higher upper threshold, or none, ends an overload; one that is
    /// reached already begins it at once, as Linux 6.1.192 was seen to do.
    /// </summary>
    /// <param name="settings">What is in force from now on.</param>
    /// <param name="isAdded">The server comes into a service with them.</param>
    internal void Adopt(ServerSettings settings, bool isAdded = false)
    {
        if (settings.UpperThreshold == 0
            || settings.UpperThreshold > Settings.UpperThreshold)
        {
            IsOverloaded = false;
        }

        Settings = settings;
        Method = settings.Method;
        Weight = settings.Weight;
        if (isAdded || Weight != 0)
        {
            LastWeight = Weight;
        }

        BeginOverload();
    }

    /// <summary>Stands for another host from now on; it has no connections.</summary>
    internal void Become(IpAddress host)
    {
        Endpoint = new(host, 0);
        NextHopGeneration = 0;
    }

    /// <summary>
    /// A router on the way says what its link takes. Believed for ten minutes. RFC 1191 §6.3.
    /// </summary>
    internal void LearnPathMtu(int mtu, Instant now)
    {
        PathMtu = mtu;
        PathMtuEnds = now + PathMtuLife;
    }

    internal void ForgetOldPathMtu(Instant now)
    {
        if (PathMtu != 0 && now >= PathMtuEnds)
        {
            PathMtu = 0;
        }
    }

    /// <summary>A connection was added.</summary>
    internal void OnConnectionAdded() => BeginOverload();

    private void BeginOverload()
    {
        if (Settings.UpperThreshold != 0 && Connections >= Settings.UpperThreshold)
        {
            IsOverloaded = true;
        }
    }

    /// <summary>A connection ended.</summary>
    internal void OnConnectionEnded()
    {
        if (IsOverloaded)
        {
            IsOverloaded = Settings switch
            {
                { LowerThreshold: > 0 and long lower } => Connections >= lower,
                { UpperThreshold: > 0 and long upper } =>
                    Connections * UpperParts >= upper * LowerParts,
                _ => false,
            };
        }
    }
}
