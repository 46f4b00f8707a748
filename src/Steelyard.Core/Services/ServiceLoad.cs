namespace Steelyard.Core.Services;

/// <summary>
/// How much of the connection table a service takes, and which of its connections nobody has
/// proven yet. The connection table alone writes it.
/// </summary>
internal sealed class ServiceLoad
{
    /// <summary>All that lie in the table for the service, templates included.</summary>
    public int Connections;

    /// <summary>Of these, the ones on probation.</summary>
    public int Unproven;

    /// <summary>Handle of the one on probation longest; -1 for none.</summary>
    public int Oldest = -1;

    /// <summary>The one that came last.</summary>
    public int Newest = -1;

    /// <summary>Neighbours among the loads of about as many unproven connections.</summary>
    public ServiceLoad? Next;
    public ServiceLoad? Previous;
}
