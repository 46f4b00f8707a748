namespace Steelyard.Core.Connections;

/// <summary>
/// States of connections, as LVS names and numbers them: TCP's eleven, then UDP's one.
/// </summary>
public enum ConnectionState : byte
{
    None = 0,
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait = 4,
    TimeWait = 5,
    Close = 6,
    CloseWait = 7,
    LastAck = 8,
    Listen = 9,
    SynAck = 10,

    /// <summary>The state of every UDP connection.</summary>
    Udp = 16,
}
