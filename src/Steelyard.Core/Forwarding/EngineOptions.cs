namespace Steelyard.Core.Forwarding;

/// <summary>Bounds of the engine; all memory is taken when it is made.</summary>
public sealed record EngineOptions
{
    /// <summary>How many connections fit. Further ones are refused and counted.</summary>
    public int ConnectionCapacity { get; init; } = 1 << 17;

    /// <summary>
    /// Commands that may wait for the next turn; a power of two. A configuration is put in force
    /// at once and sends one for each service and each server: this is room for 1,000 services
    /// with 14 servers each, though the data thread takes none meanwhile.
    /// </summary>
    public int CommandQueue { get; init; } = 1 << 14;

    /// <summary>Events that may wait for the control loop; a power of two.</summary>
    public int EventQueue { get; init; } = 1 << 14;

    /// <summary>Stations that the engine knows, on all ports together.</summary>
    public int NeighbourCapacity { get; init; } = 4096;

    /// <summary>Frames that wait for an answer to an ARP request, on all ports together.</summary>
    public int WaitingFrames { get; init; } = 256;

    /// <summary>And of these, at most so many for one neighbour.</summary>
    public int WaitingFramesPerNeighbour { get; init; } = 32;

    /// <summary>
    /// Datagrams whose fragments are gathered at one time; each takes 66 KB. Beyond, the oldest
    /// one is given up.
    /// </summary>
    public int FragmentedDatagrams { get; init; } = 64;

    /// <summary>
    /// Packets a second that the engine makes itself (echo replies, ICMP errors, resets); bursts
    /// of a tenth of it. A flood must not be answered by a flood.
    /// </summary>
    public int AnswersPerSecond { get; init; } = 10_000;

    /// <summary>Connections looked at for expiry, listing and announcing in one turn.</summary>
    public int UpkeepPerTurn { get; init; } = 256;

    /// <summary>
    /// Seed of the hashes; a secret number keeps strangers from aiming at one bucket.
    /// </summary>
    public ulong HashSeed { get; init; }
}
