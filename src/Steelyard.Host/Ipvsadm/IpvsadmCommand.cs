using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>What a command line asks for.</summary>
internal enum Deed : byte
{
    Unknown = 0,
    Help,
    Version,
    Change,
    ListServices,
    ListConnections,
    ListTimeouts,
    ListDaemons,
    Save,
    Restore,
}

/// <summary>Which columns a listing of services has.</summary>
internal enum ListingView : byte
{
    Plain = 0,
    Stats,
    Rate,
    Thresholds,
    PersistentConnections,
    TunnelInformation,
}

/// <summary>A command line, understood.</summary>
internal sealed record IpvsadmCommand(Deed Deed)
{
    /// <summary>For <see cref="Deed.Change"/>.</summary>
    public IpvsChange? Change { get; init; }

    /// <summary>The one service to list; null for all.</summary>
    public ServiceKey? Service { get; init; }

    public ListingView View { get; init; }

    /// <summary>Addresses and ports as numbers.</summary>
    public bool IsNumeric { get; init; }

    /// <summary>Numbers with all their digits.</summary>
    public bool IsExact { get; init; }

    public bool IsSorted { get; init; } = true;

    /// <summary>Connections with the columns of persistence engines.</summary>
    public bool ShowsPersistenceEngine { get; init; }
}
