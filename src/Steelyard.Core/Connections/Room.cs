using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// Who gets the last of the table's room. While it runs short, who has more than his share gets
/// nothing more but by giving up something of his own; and before anybody is refused for want of
/// room, a connection that nobody has proven gives way. A proven one never does.
/// </summary>
internal sealed class Room
{
    private const int Nothing = -1;

    // Room runs short below an eighth of the table: there is time to act before it is full.
    private const int ShortageParts = 8;

    // How far a service is searched for a connection that may give way.
    private const int EvictionSteps = 64;

    private readonly ConnectionStore _store;
    private readonly Probation _probation;

    public Room(ConnectionStore store, ulong seed)
    {
        _store = store;
        _probation = new(store.Capacity);
        Shares = new(store.Capacity, seed);
    }

    public FairShares Shares { get; }

    public GivenUp GivenUp { get; } = new();

    /// <summary>Why there was no room when some was wanted last.</summary>
    public Refusal Refusal { get; private set; }

    /// <summary>With less than so much room it runs short.</summary>
    public int Shortage => int.Max(1, _store.Capacity / ShortageParts);

    public bool IsShort => Free < Shortage;

    private int Free => _store.Capacity - _store.Count;

    /// <summary>Makes room for a connection, or says in <see cref="Refusal"/> why not.</summary>
    public bool TryMake(in NewConnection wanted)
    {
        Refusal = Refusal.Full;
        if (!IsShort)
        {
            return true;
        }

        IpAddress client = wanted.Flow.Client.Address;
        ServiceLoad load = _store.Servers.LoadOf(wanted.Server);
        if (Shares.HasShare(load))
        {
            Refusal = Free > 0 ? Refusal.ServiceShare : Refusal.Full;
            return TryGiveUp(load, wanted.Controller);
        }

        // What masqueraded hosts talk to is no client's network.
        if (!wanted.Server.IsStranger && Shares.HasShare(client))
        {
            Refusal = Free > 0 ? Refusal.SourceShare : Refusal.Full;
            return TryGiveUp(load, wanted.Controller, client);
        }

        return Free > 0
            || (_probation.Largest is { } largest && TryGiveUp(largest, wanted.Controller));
    }

    /// <summary>A connection was put in; nobody has proven it.</summary>
    public void Enter(int handle)
    {
        ref Connection connection = ref _store[handle];
        ServiceLoad load = LoadOf(connection);
        connection.Packets = Connection.ProbationBit;
        Shares.CountIn(connection.ClientAddress, load);
        _probation.Add(handle, load);
    }

    /// <summary>A connection is taken out.</summary>
    public void Leave(int handle)
    {
        ref readonly Connection connection = ref _store[handle];
        EndProbation(handle);
        Shares.CountOut(connection.ClientAddress, LoadOf(connection));
    }

    /// <summary>
    /// The connection is somebody's who means it, and with it the promise that it was made by.
    /// </summary>
    public void Prove(int handle)
    {
        EndProbation(handle);
        int controller = _store.ControllerOf(handle);
        if (controller != Nothing && _store[controller].IsTemplate)
        {
            EndProbation(controller);
        }
    }

    private void EndProbation(int handle)
    {
        ref Connection connection = ref _store[handle];
        if (connection.IsOnProbation)
        {
            connection.Packets &= Connection.MostPackets;
            _probation.Remove(handle, LoadOf(connection));
        }
    }

    private ServiceLoad LoadOf(in Connection connection) =>
        _store.Servers.LoadOf(_store.Servers[connection.ServerSlot]);

    /// <summary>The oldest of a service that may give way does.</summary>
    /// <param name="load">The service's.</param>
    /// <param name="kept">Never given up: a connection for it is being made.</param>
    /// <param name="neighbour">Only one of this client's network; none for anybody's.</param>
    private bool TryGiveUp(ServiceLoad load, int kept, IpAddress neighbour = default)
    {
        int handle = load.Oldest;
        for (int step = 0; step < EvictionSteps && handle != Nothing; step++)
        {
            int next = _probation.Newer(handle);
            bool isTheirs = neighbour.IsNone
                || FairShares.AreNeighbours(neighbour, _store[handle].ClientAddress);
            if (isTheirs && handle != kept && MayGiveWay(handle))
            {
                GiveUp(handle, kept);
                return true;
            }

            if (isTheirs)
            {
                // Others hang on it: it goes behind them, out of the next one's way.
                _probation.Remove(handle, load);
                _probation.Add(handle, load);
            }

            handle = next;
        }

        return false;
    }

    /// <summary>Nobody has proven yet that he means it, and nothing hangs on it.</summary>
    private bool MayGiveWay(int handle)
    {
        ref readonly Connection candidate = ref _store[handle];
        return candidate.IsOnProbation
            && (!candidate.IsTied || _store.Rest(handle).Controlled == 0);
    }

    /// <summary>With the last of its connections goes a promise that nobody proved.</summary>
    private void GiveUp(int handle, int kept)
    {
        int controller = _store.ControllerOf(handle);
        Evict(handle);
        if (controller != Nothing
            && controller != kept
            && _store[controller].IsTemplate
            && MayGiveWay(controller))
        {
            Evict(controller);
        }
    }

    private void Evict(int handle)
    {
        GivenUp.Count(_store[handle]);
        _store.Wheel.Unfile(handle);
        _store.Release(handle);
    }
}
