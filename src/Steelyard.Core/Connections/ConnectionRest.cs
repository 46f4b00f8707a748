namespace Steelyard.Core.Connections;

/// <summary>
/// What few connections need; it lies beside the line that every packet reads. Nothing but zeros,
/// unless the connection is flagged to have one.
/// </summary>
internal struct ConnectionRest
{
    /// <summary>
    /// The template that made this connection, or the control connection of its data connection:
    /// its handle, plus one; 0 for none.
    /// </summary>
    public int ControllerPlusOne;

    /// <summary>How many connections this one controls; it does not end before them.</summary>
    public int Controlled;

    /// <summary>The firewall mark by which its service was found.</summary>
    public uint Mark;

    /// <summary>A template's own timeout, in ticks of the wheel; 0 for the state's.</summary>
    public uint FixedTimeout;

    /// <summary>The port on the server, where the server's own does not say it; else 0.</summary>
    public ushort ServerPort;

    /// <summary>Full NAT: the port from which the server sees the client.</summary>
    public ushort LocalPort;

    /// <summary>Full NAT: which address of the source pool, plus one; 0 for none.</summary>
    public ushort LocalPlusOne;

    /// <summary>
    /// Which pair of sequence shifts, or which Call-ID with a template; plus one, 0 for none.
    /// </summary>
    public ushort SlotPlusOne;

    /// <summary>
    /// A process of the box that is reached by another address than its own: which, plus one.
    /// </summary>
    public ushort ReachPlusOne;
}
